import { catalog } from '@tandem/models/catalog'
import { shareOfKvBytes, shareOfThreads } from '@tandem/services'
import type { Layer } from '../config/layer.js'
import type { LoadedSettings } from '../config/load-settings.js'
import { countLogitServices } from '../stack/start-services.js'

/**
 * Finds the values that the processes choose if no setting has the key, as far as they can be known
 * before a start.
 */
export function findEffectiveSettings({ settings }: LoadedSettings): Layer {
  const values: Record<string, unknown> = {}
  const pair = catalog.find(({ name }) => name === settings.pair)
  if (pair) values.end_tokens = pair.endTokens
  const sharers = countSharers(settings)
  if (sharers > 0) {
    values.threads = shareOfThreads(sharers)
    values.kv_bytes = shareOfKvBytes(sharers)
  }
  return new Map(Object.entries(values).map(([key, value]) => [key, { value, origin: byDefault }] as const))
}

const byDefault = { kind: 'default', at: 'default' } as const

/** Counts the logit services that share this machine. */
function countSharers({ sft = 'here', dpo = 'here', paired, models, replicas }: LoadedSettings['settings']): number {
  const sources = Object.fromEntries(Object.entries(models).map(([name, { source }]) => [name, source]))
  return countLogitServices({ sft, dpo, isPaired: paired }, { models: sources }, replicas)
}
