import type { Context } from 'hono'
import type { AppDependencies } from './dependencies.js'

const healthLimitMs = 2_000

/** /livez: the process answers. /readyz: all services do too, with the models of the handshake. */
export function createHealthHandlers({ pair, rewards, stopping }: AppDependencies) {
  const readiness = async (context: Context): Promise<Response> => {
    const served = [...pair.models.values(), ...rewards.values()]
    const services = served.map(({ service }) => service.findFault(healthLimitMs))
    const stop = stopping.aborted ? 'the gateway is stopping' : null
    const faults = [...(await Promise.all(services)), stop].filter((fault) => fault !== null)
    if (faults.length === 0) return context.json({ status: 'ready' })
    return context.json({ status: 'not ready', faults }, 503, { 'retry-after': '1' })
  }
  return { live: (context: Context) => context.json({ status: 'live' }), ready: readiness }
}
