import { once } from 'node:events'
import { Server, type ServerCredentials } from '@grpc/grpc-js'
import type { ReflectionService } from '@grpc/reflection'
import { withTimeout } from '@tandem/process'
import { channelOptions, maxRequestBytes } from '@tandem/proto'
import { HealthImplementation } from 'grpc-health-check'
import { bindServer } from './bind-server.js'
import { OpenConnections } from './open-connections.js'
import { WorkCalls } from './work-calls.js'

/** What a gRPC server listens on and serves. */
export interface GrpcServerOptions {
  /** host:port. Port 0 chooses a free port. */
  readonly listen: string
  /** How connections are protected. */
  readonly credentials: ServerCredentials
  /** Full names, for the health service. */
  readonly serviceNames: readonly string[]
  readonly addServices: (server: Server) => void
  /** Names of the methods that compute. A server that drains waits for their calls. */
  readonly workMethods: ReadonlySet<string>
  /** Packages that server reflection describes. Null disables reflection. */
  readonly reflection: ConstructorParameters<typeof ReflectionService>[0] | null
}

/** A running gRPC server. */
export interface GrpcServer {
  /** host:port that it listens on. */
  readonly address: string
  /**
   * Reports NOT_SERVING, then ends in three phases. While clients are connected, it serves all
   * calls for the hand-over time: a gateway may not know yet that this service is leaving. Then it
   * refuses new work and waits for the open calls; health checks are still answered. When no work
   * is left or the drain time is over, it closes the connections.
   */
  drain(times: DrainTimes): Promise<void>
}

/** The time that a server has to end, in milliseconds. */
export interface DrainTimes {
  /** Time in which connected clients can begin new calls. It is a part of the drain time. */
  readonly handoverMs: number
  readonly drainMs: number
}

/** Maximum number of concurrent calls per connection; more calls wait at the client. */
const maxConcurrentStreams = 1024
/** Time for the last answers to reach their clients, in milliseconds. */
const lastAnswersMs = 200

/** Starts a gRPC server with the standard health service. It reports SERVING once this resolves. */
export async function startGrpcServer({
  listen,
  credentials,
  serviceNames,
  addServices,
  workMethods,
  reflection,
}: GrpcServerOptions): Promise<GrpcServer> {
  const work = new WorkCalls(workMethods)
  const options = {
    ...channelOptions,
    'grpc.max_receive_message_length': maxRequestBytes,
    'grpc.max_concurrent_streams': maxConcurrentStreams,
  }
  const server = new Server({ ...options, interceptors: [work.interceptor] })
  addServices(server)
  const health = new HealthImplementation()
  health.addToServer(server)
  if (reflection !== null) {
    const { ReflectionService } = await import('@grpc/reflection')
    new ReflectionService(reflection).addToServer(server)
  }
  const port = await bindServer(server, listen, credentials)
  const connections = new OpenConnections(port)
  const setStatus = (status: 'SERVING' | 'NOT_SERVING') => {
    for (const name of ['', ...serviceNames]) health.setStatus(name, status)
  }
  setStatus('SERVING')
  return {
    address: `${listen.slice(0, listen.lastIndexOf(':'))}:${port}`,
    drain: async ({ handoverMs, drainMs }) => {
      setStatus('NOT_SERVING')
      const drained = withTimeout(drainMs)
      await connections.haveClosed(withTimeout(handoverMs, drained))
      await Promise.race([work.refuse(), isOver(drained)])
      await shutDown(server, drained.aborted ? 0 : lastAnswersMs)
      connections.close()
    },
  }
}

function shutDown(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      server.forceShutdown()
      resolve()
    }, graceMs)
    server.tryShutdown(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}

const isOver = async (signal: AbortSignal): Promise<void> => {
  if (!signal.aborted) await once(signal, 'abort')
}
