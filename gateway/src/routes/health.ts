import type { Context } from 'hono'
import type { Live, NotReady, Ready } from '../openai/schemas/health.js'
import type { AppDependencies } from './dependencies.js'

const retrySoon = { 'retry-after': '1' }

/**
 * Creates the health handlers. /livez: the process answers. /readyz: a replica of each model is
 * also ready. /health: the same as /readyz without a body, as in vLLM.
 */
export function createHealthHandlers({ pair, rewards, lifetime, stopping }: AppDependencies) {
  const findFaults = (): string[] => {
    if (lifetime.stage !== 'serving' || stopping.aborted) return ['the gateway is stopping']
    const served = [...pair.models.values(), ...rewards.values()]
    return served.map(({ replicas }) => replicas.fault).filter((fault) => fault !== null)
  }
  return {
    live: (context: Context) => context.json({ status: 'live' } satisfies Live),
    ready: (context: Context) => {
      const faults = findFaults()
      if (faults.length === 0) return context.json({ status: 'ready' } satisfies Ready)
      return context.json({ status: 'not ready', faults } satisfies NotReady, 503, retrySoon)
    },
    healthy: (context: Context) => {
      const isReady = findFaults().length === 0
      return isReady ? context.body(null, 200) : context.body(null, 503, retrySoon)
    },
  }
}
