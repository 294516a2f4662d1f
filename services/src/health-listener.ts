import { Server, ServerCredentials } from '@grpc/grpc-js'
import type { RunningServer } from '@tandem/process'
import { HealthImplementation } from 'grpc-health-check'
import type { Logger } from 'pino'
import { bindServer } from './bind-server.js'

/** The names that probes ask for. The empty name is the service as a whole. */
const readinessNames = ['', 'readiness']
const livenessName = 'liveness'

/** A request for a health check names a service, and a probe has few connections. */
const serverOptions = { 'grpc.max_receive_message_length': 1024, 'grpc.max_concurrent_streams': 16 }

/**
 * Starts a server while a second listener answers health checks without TLS: the probes of
 * Kubernetes speak no TLS. "" and "readiness" are SERVING once the server serves, until it drains.
 * "liveness" is SERVING as long as the event loop answers. It depends on no other process.
 * @param listen host:port. Null: there is no such listener
 * @param start starts the server. Health checks are answered before it is called
 * @throws Error as `start`, or if the address cannot be used
 */
export async function startWithHealth(
  listen: string | null,
  log: Logger,
  start: () => Promise<RunningServer>,
): Promise<RunningServer> {
  if (listen === null) return start()
  const health = await openListener(listen)
  log.info({ health: health.address }, 'answering health checks')
  try {
    const server = await start()
    health.setReadiness('SERVING')
    const stop = async () => {
      health.setReadiness('NOT_SERVING')
      await server.stop()
      health.close()
    }
    return { ...server, stop }
  } catch (error) {
    health.close()
    throw error
  }
}

async function openListener(listen: string) {
  const server = new Server(serverOptions)
  const health = new HealthImplementation()
  health.addToServer(server)
  const setReadiness = (status: 'SERVING' | 'NOT_SERVING') => {
    for (const name of readinessNames) health.setStatus(name, status)
  }
  setReadiness('NOT_SERVING')
  health.setStatus(livenessName, 'SERVING')
  const port = await bindServer(server, listen, ServerCredentials.createInsecure())
  const address = `${listen.slice(0, listen.lastIndexOf(':'))}:${port}`
  return { address, setReadiness, close: () => server.forceShutdown() }
}
