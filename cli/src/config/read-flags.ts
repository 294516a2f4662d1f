import type { Precision } from '@tandem/models'
import { createLayer, type Layer, parseSetting } from './layer.js'
import { flagNames, settingKeys } from './settings.js'

/** An additional model of `--model NAME=SOURCE` or `--reward NAME=SOURCE`. */
export interface NamedSource {
  readonly name: string
  readonly source: string
}

/** The options of `tandem up` and `tandem config`. Missing ones were not given. */
export interface UpFlags {
  readonly config?: string
  readonly pair?: string
  readonly sft?: string
  readonly dpo?: string
  readonly model?: readonly NamedSource[]
  readonly reward?: readonly NamedSource[]
  readonly precision?: Precision
  /** A factor of the scale of the DPO adapter. */
  readonly adapterScale?: number
  readonly paired?: boolean
  readonly name?: string
  readonly templateFrom?: 'dpo' | 'sft'
  readonly host?: string
  readonly port?: number
  readonly apiKey?: readonly string[]
  readonly device?: string
  readonly replicas?: number
  readonly threads?: number
  /** host:port of the gateway's metrics, or "off". */
  readonly metrics?: string
}

/**
 * Reads the settings of the command line.
 * @throws Error naming the option that is wrong
 */
export function readFlags(flags: UpFlags): Layer {
  const { config: _file, model, reward, adapterScale, templateFrom, apiKey, metrics, ...same } = flags
  const given: Record<string, unknown> = {
    ...same,
    models: model && sourcesByName(model),
    rewards: reward && sourcesByName(reward),
    adapter_scale: adapterScale,
    template_from: templateFrom,
    api_keys: apiKey,
    'telemetry.metrics': metrics,
  }
  const settings: Record<string, unknown> = {}
  for (const key of settingKeys)
    if (given[key] !== undefined) settings[key] = parseSetting(key, given[key], flagNames[key] ?? key)
  const names: Readonly<Record<string, string>> = {
    ...flagNames,
    ...(flags.paired === false ? { paired: '--no-paired' } : {}),
  }
  return createLayer(settings, ([key = '', ...name]) => ({ kind: 'flag', at: [names[key] ?? key, ...name].join(' ') }))
}

const sourcesByName = (models: readonly NamedSource[]) =>
  Object.fromEntries(models.map(({ name, source }) => [name, source]))
