import type { Context } from '../commands/context.js'
import { type LoadedSettings, labelOf } from '../config/load-settings.js'
import { planPair } from '../sources/plan-pair.js'
import { bringBeside, prepareBeside } from '../sources/prepare-beside.js'
import type { PreparedPair } from '../sources/prepare-pair.js'
import type { Beside } from '../stack/start-services.js'
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
): Promise<{ readonly pair: PreparedPair; readonly beside: Beside }> {
  const brought = await bringBeside(loaded, context)
  const plan = await planPair({ ...loaded.settings, labelOf: (model) => labelOf(loaded, model) }, context)
  const pair = await prepare(plan, formOptions(loaded), context)
  return { pair, beside: await prepareBeside(brought, pair, context) }
}
