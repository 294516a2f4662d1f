import type { Context } from 'hono'
import type { Live, NotReady, Ready } from '../openai/schemas/health.js'
import type { AppDependencies, AppEnvironment } from './dependencies.js'

const retrySoon = { 'retry-after': '1' }

/**
 * Creates the health handlers. /livez: the process answers. /readyz: a replica of each model is
 * also ready; with API keys, only their holders see which is not. /health: the same as /readyz
 * without a body, as in vLLM.
 */
export function createHealthHandlers({ keys, pair, rewards, stage }: AppDependencies) {
  const findFaults = (): string[] => {
    if (stage.current !== 'serving') return ['the gateway is stopping']
    const served = [...pair.models.values(), ...rewards.values()]
    return served.map(({ replicas }) => replicas.fault).filter((fault) => fault !== null)
  }
  return {
    live: (context: Context) => context.json({ status: 'live' } satisfies Live),
    ready: (context: Context<AppEnvironment>) => {
      const faults = findFaults()
      if (faults.length === 0) return context.json({ status: 'ready' } satisfies Ready)
      const isTrusted = keys.isEmpty || context.get('key') !== null
      const shown = isTrusted ? faults : [`number of faults: ${faults.length}. Send an API key to see them`]
      return context.json({ status: 'not ready', faults: shown } satisfies NotReady, 503, retrySoon)
    },
    healthy: (context: Context) => {
      const isReady = findFaults().length === 0
      return isReady ? context.body(null, 200) : context.body(null, 503, retrySoon)
    },
  }
}
