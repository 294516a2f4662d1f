import { examples, type Values } from './helm.js'

/** Values that switch on one thing each, besides the examples. */
const variants: Readonly<Record<string, Values>> = {
  defaults: {},
  'scale to zero': {
    metrics: { serviceMonitor: { enabled: true } },
    autoscaling: { mode: 'keda', minReplicas: 0, keda: { serverAddress: 'http://prometheus:9090' } },
  },
  'scale on CPU': { autoscaling: { mode: 'cpu' }, gateway: { autoscaling: { enabled: true } } },
  'own secrets': {
    tls: { mode: 'secrets', secrets: { gateway: 'gateway-tls' } },
    modelDefaults: { tlsSecret: 'services-tls' },
    apiKeys: { existingSecret: 'keys' },
  },
  plaintext: { tls: { mode: 'none' }, networkPolicy: { enabled: false }, metrics: { enabled: false } },
  'one service for the pair': { models: { sft: null, dpo: { base: 'sft' } } },
  batch: {
    batch: { enabled: true, claimName: 'prompts', shards: 16, args: ['--strategy', 'aad alpha=0.2'] },
    networkPolicy: { clients: [{ podSelector: { matchLabels: { app: 'web' } } }] },
  },
  'two versions': {
    models: {
      sft: { release: 'v1' },
      dpo: { release: 'v1' },
      sft_v2: { role: 'sft', release: 'v2', source: { image: { tag: 'v2', path: '/models/sft' } } },
      dpo_v2: { role: 'dpo', release: 'v2', source: { image: { tag: 'v2', path: '/models/dpo' } } },
    },
  },
}

/** All values that the tests render, by name. */
export const cases: readonly (readonly [string, Values])[] = [...Object.entries(variants), ...examples]

/** Returns the values of a case. @throws Error if there is no such case */
export function valuesOf(name: string): Values {
  const found = new Map(cases).get(name)
  if (!found) throw new Error(`there is no case "${name}": expected ${cases.map(([known]) => known).join(', ')}`)
  return found
}
