import type { Context } from 'hono'
import type { AppDependencies } from './dependencies.js'

const healthLimitMs = 2_000

/** /livez: the process answers. /readyz: both services do too, with the models of the handshake. */
export function createHealthHandlers({ pair, stopping }: AppDependencies) {
  const readiness = async (context: Context): Promise<Response> => {
    const [dpo, sft] = await Promise.all([pair.dpo.findFault(healthLimitMs), pair.sft.findFault(healthLimitMs)])
    const faults = [dpo, sft, stopping.aborted ? 'the gateway is stopping' : null].filter((fault) => fault !== null)
    if (faults.length === 0) return context.json({ status: 'ready' })
    return context.json({ status: 'not ready', faults }, 503, { 'retry-after': '1' })
  }
  return { live: (context: Context) => context.json({ status: 'live' }), ready: readiness }
}
