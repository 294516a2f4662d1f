import type { Context } from 'hono'
import type { Live, NotReady, Ready } from '../openai/schemas/health.js'
import type { AppDependencies } from './dependencies.js'

/** Time for a service to answer, in milliseconds. */
const healthTimeoutMs = 2_000
const retrySoon = { 'retry-after': '1' }

/**
 * Creates the health handlers. /livez: the process answers. /readyz: all services also answer, with
 * the same models as at the start. /health: the same as /readyz without a body, as in vLLM.
 */
export function createHealthHandlers({ pair, rewards, stopping }: AppDependencies) {
  const findFaults = async (): Promise<string[]> => {
    const served = [...pair.models.values(), ...rewards.values()]
    const services = served.map(({ service }) => service.findFault(healthTimeoutMs))
    const stop = stopping.aborted ? 'the gateway is stopping' : null
    return [...(await Promise.all(services)), stop].filter((fault) => fault !== null)
  }
  return {
    live: (context: Context) => context.json({ status: 'live' } satisfies Live),
    ready: async (context: Context) => {
      const faults = await findFaults()
      if (faults.length === 0) return context.json({ status: 'ready' } satisfies Ready)
      return context.json({ status: 'not ready', faults } satisfies NotReady, 503, retrySoon)
    },
    healthy: async (context: Context) => {
      const isReady = (await findFaults()).length === 0
      return isReady ? context.body(null, 200) : context.body(null, 503, retrySoon)
    },
  }
}
