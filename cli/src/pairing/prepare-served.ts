import type { Context } from '../context.js'
import { type LoadedSettings, labelOf } from '../config/load-settings.js'
import { planPair } from '../sources/plan-pair.js'
import { resolveExtraModels, prepareExtraModels } from '../sources/prepare-extra-models.js'
import type { PreparedPair } from '../sources/prepare-pair.js'
import type { ExtraModels } from '../sources/prepare-extra-models.js'
import { prepareInForm } from './choose-form.js'
import { formOptions } from './form-options.js'

/**
 * Makes ready what settings name: the pair and the models beside it.
 * @param prepare chooses the pair's form
 * @throws Error telling what is wrong with a source and what to give instead
 */
export async function prepareServed(
  loaded: LoadedSettings,
  context: Context,
  prepare: typeof prepareInForm = prepareInForm,
): Promise<{ readonly pair: PreparedPair; readonly beside: ExtraModels }> {
  const brought = await resolveExtraModels(loaded, context)
  const plan = await planPair({ ...loaded.settings, labelOf: (model) => labelOf(loaded, model) }, context)
  const pair = await prepare(plan, formOptions(loaded), context)
  return { pair, beside: await prepareExtraModels(brought, pair, context) }
}
