import { findPair } from '@tandem/models/catalog'
import { type LoadedSettings, labelOf } from '../config/load-settings.js'
import { isHubName, parseHubName } from '../source-text/hub-name.js'
import { isService, parseAddresses } from '../source-text/service-address.js'
import { assertNoWebAddress } from '../source-text/web-address.js'

/** Checks of sources by their text only, before anything is read, downloaded or built. */

/** Names the settings of a pair in messages. */
export type PairLabels = (key: 'sft' | 'dpo' | 'adapter_scale') => string

/** The given texts of two models, or of a pair of the catalog. */
interface PairTexts {
  readonly sft?: string | undefined
  readonly dpo?: string | undefined
  readonly pair?: string | undefined
}

/**
 * Checks all sources of the settings.
 * @throws Error saying what is wrong and what to give instead
 */
export function validateSources(loaded: LoadedSettings): void {
  const { settings } = loaded
  validatePair(settings, (model) => labelOf(loaded, model))
  if (settings.paired === true && settings.dpo !== undefined && isService(settings.dpo))
    throw pairedWithoutAdapter(`${labelOf(loaded, 'dpo')} ${settings.dpo}`)
  if (settings.adapter_scale !== undefined && settings.dpo !== undefined && isService(settings.dpo))
    throw scaleWithoutAdapter(
      labelOf(loaded, 'adapter_scale'),
      settings.adapter_scale,
      `${labelOf(loaded, 'dpo')} ${settings.dpo}`,
    )
  for (const key of ['models', 'rewards'] as const)
    for (const [name, { source, base }] of Object.entries(settings[key])) {
      const label = labelOf(loaded, `${key}.${name}`)
      validateSource(source, label)
      if (base !== undefined) validateSource(base, `${label}: base`)
    }
}

/**
 * Checks the sources of a pair.
 * @throws Error if a model is missing, too many are named, or a source is wrong
 */
export function validatePair({ sft, dpo, pair }: PairTexts, labelOfModel: (model: 'sft' | 'dpo') => string): void {
  if (sft === undefined && dpo === undefined) {
    if (pair !== undefined) findPair(pair)
    return
  }
  if (pair !== undefined) throw new Error('--pair names both models: give either --pair, or --sft and --dpo')
  if (dpo === undefined) throw missingModel('--dpo')
  if (sft === undefined && isService(dpo)) throw missingModel('--sft')
  if (sft !== undefined) validateSource(sft, labelOfModel('sft'))
  validateSource(dpo, labelOfModel('dpo'))
}

/** Creates the error for a pair with only one model. */
export const missingModel = (flag: '--sft' | '--dpo') =>
  new Error(`${flag} is missing: a pair needs two models. Give both --sft and --dpo, or --pair NAME`)

/**
 * Creates the error for the scale of a model that is not an adapter.
 * @param label the name of the scale in messages: "--adapter-scale"
 * @param model the model in messages: "--dpo path"
 */
export const scaleWithoutAdapter = (label: string, scale: number, model: string) =>
  new Error(`${label} is ${scale}, but only a LoRA adapter has a scale, and ${model} is not one. Remove the scale`)

/**
 * Creates the error for --paired with a DPO model that is not an adapter.
 * @param dpo the DPO model in messages: "--dpo path"
 */
export const pairedWithoutAdapter = (dpo: string) =>
  new Error(
    `--paired needs a LoRA adapter for the --sft model as the DPO model, and ${dpo} is not one. Remove --paired`,
  )

/** @throws Error if an address or a name on the hub is not valid */
function validateSource(source: string, label: string): void {
  const where = `${label} ${source}`
  if (isService(source)) parseAddresses(source, label)
  else if (isHubName(source)) parseHubName(source, where)
  else assertNoWebAddress(source, where)
}
