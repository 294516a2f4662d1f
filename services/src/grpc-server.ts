import { logVerbosity, Server, ServerCredentials, setLogVerbosity } from '@grpc/grpc-js'
import { ReflectionService } from '@grpc/reflection'
import { channelOptions } from '@tandem/proto'
import { HealthImplementation } from 'grpc-health-check'

/** What a gRPC server listens on and serves. */
export interface GrpcServerOptions {
  /** host:port. Port 0 chooses a free port. */
  readonly listen: string
  /** Full names, for the health service. */
  readonly serviceNames: readonly string[]
  readonly addServices: (server: Server) => void
  /** Packages that server reflection describes. Null disables reflection. */
  readonly reflection: ConstructorParameters<typeof ReflectionService>[0] | null
}

/** A running gRPC server. */
export interface GrpcServer {
  /** host:port that it listens on. */
  readonly address: string
  /**
   * Reports NOT_SERVING, refuses new calls, lets open calls finish for at most `graceMs`, then
   * ends.
   */
  drain(graceMs: number): Promise<void>
}

/** Maximum number of concurrent calls per connection; more calls wait at the client. */
const maxConcurrentStreams = 1024

/** Starts a gRPC server with the standard health service. It reports SERVING once this resolves. */
export async function startGrpcServer({
  listen,
  serviceNames,
  addServices,
  reflection,
}: GrpcServerOptions): Promise<GrpcServer> {
  // grpc-js also prints to stderr what it throws. Set the variable to see it.
  if (process.env.GRPC_VERBOSITY === undefined) setLogVerbosity(logVerbosity.NONE)
  const server = new Server({ ...channelOptions, 'grpc.max_concurrent_streams': maxConcurrentStreams })
  addServices(server)
  const health = new HealthImplementation()
  health.addToServer(server)
  if (reflection !== null) new ReflectionService(reflection).addToServer(server)
  const port = await bind(server, listen)
  const setStatus = (status: 'SERVING' | 'NOT_SERVING') => {
    for (const name of ['', ...serviceNames]) health.setStatus(name, status)
  }
  setStatus('SERVING')
  return {
    address: `${listen.slice(0, listen.lastIndexOf(':'))}:${port}`,
    drain: async (graceMs) => {
      setStatus('NOT_SERVING')
      await shutDown(server, graceMs)
    },
  }
}

function bind(server: Server, listen: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(listen, ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(new Error(`cannot listen on ${listen}: ${error.message}`, { cause: error }))
      else resolve(port)
    })
  })
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
