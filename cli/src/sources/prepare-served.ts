import { type LoadedSettings, labelOf } from '../config/load-settings.js'
import type { Context } from '../context.js'
import { planPair } from './plan-pair.js'
import { type ExtraModels, prepareExtraModels, resolveExtraModels } from './prepare-extra-models.js'
import { type PreparedPair, preparePlanned } from './prepare-pair.js'

/**
 * Prepares what the settings name: the pair and the additional models.
 * @throws Error saying what is wrong with a source and what to give instead
 */
export async function prepareServed(
  loaded: LoadedSettings,
  context: Context,
): Promise<{ readonly pair: PreparedPair; readonly extraModels: ExtraModels }> {
  const resolved = await resolveExtraModels(loaded, context)
  const plan = await planPair({ ...loaded.settings, labelOf: (model) => labelOf(loaded, model) }, context)
  const pair = await preparePlanned(plan, loaded.settings.paired, context)
  return { pair, extraModels: await prepareExtraModels(resolved, pair, context) }
}
