import { findPair } from '@tandem/models'
import { type LoadedSettings, labelOf } from '../config/load-settings.js'
import { assertNoWebAddress } from '../source-text/web-address.js'
import { isHubName, parseHubName } from '../source-text/hub-name.js'
import { isService, parseAddress } from '../source-text/service-address.js'

/** What can be said of sources by their text alone, before anything is looked at, pulled or built. */

/** Two models, or a pair of the catalog, as they were given. */
interface PairTexts {
  readonly sft?: string | undefined
  readonly dpo?: string | undefined
  readonly pair?: string | undefined
}

/** @throws Error where the models of settings cannot be what they are said to be, telling what to give instead */
export function validateSources(loaded: LoadedSettings): void {
  const { settings } = loaded
  validatePair(settings, (model) => labelOf(loaded, model))
  if (settings.paired === true && settings.dpo !== undefined && isService(settings.dpo))
    throw pairedWithoutAdapter(`${labelOf(loaded, 'dpo')} ${settings.dpo}`)
  for (const key of ['models', 'rewards'] as const)
    for (const [name, { source, base }] of Object.entries(settings[key])) {
      const label = labelOf(loaded, `${key}.${name}`)
      validateSource(source, label)
      if (base !== undefined) validateSource(base, `${label}: base`)
    }
}

/** @throws Error where a model is missing or too many are named, or as `validateSource` */
export function validatePair({ sft, dpo, pair }: PairTexts, labelOfModel: (model: 'sft' | 'dpo') => string): void {
  if (sft === undefined && dpo === undefined) {
    if (pair !== undefined) findPair(pair)
    return
  }
  if (pair !== undefined)
    throw new Error('--pair names both models; give either --pair, or --sft and --dpo, not all of them')
  if (dpo === undefined) throw missingModel('--dpo')
  if (sft === undefined && isService(dpo)) throw missingModel('--sft')
  if (sft !== undefined) validateSource(sft, labelOfModel('sft'))
  validateSource(dpo, labelOfModel('dpo'))
}

export const missingModel = (flag: '--sft' | '--dpo') =>
  new Error(`${flag} is missing; a pair is two models: give both --sft and --dpo, or --pair NAME`)

/** @param dpo how messages name the DPO model: "--dpo path" */
export const pairedWithoutAdapter = (dpo: string) =>
  new Error(
    `--paired runs both models in one graph, which a LoRA adapter on the --sft allows alone; ${dpo} is none. Leave --paired out`,
  )

/** @throws Error where an address or a name on the hub is none */
function validateSource(source: string, label: string): void {
  const where = `${label} ${source}`
  if (isService(source)) parseAddress(source, label)
  else if (isHubName(source)) parseHubName(source, where)
  else assertNoWebAddress(source, where)
}
