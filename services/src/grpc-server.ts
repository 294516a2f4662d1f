import { logVerbosity, Server, ServerCredentials, setLogVerbosity } from '@grpc/grpc-js'
import { ReflectionService } from '@grpc/reflection'
import { channelOptions } from '@tandem/proto'
import { HealthImplementation } from 'grpc-health-check'

export interface GrpcServerOptions {
  /** host:port; port 0 takes a free one. */
  listen: string
  /** Full names, for the health service. */
  serviceNames: readonly string[]
  addServices: (server: Server) => void
  /** Offered for server reflection; null: no reflection. */
  reflection: ConstructorParameters<typeof ReflectionService>[0] | null
}

export interface GrpcServer {
  /** host:port where it listens. */
  address: string
  /** Says NOT_SERVING, takes no new calls, gives those under way so many milliseconds, then ends. */
  drain(graceMs: number): Promise<void>
}

/** Calls of one connection at once; more wait at the client. */
const maxConcurrentStreams = 1024

/** Starts a gRPC server with the standard health service, SERVING from the moment this resolves. */
export async function startGrpcServer({
  listen,
  serviceNames,
  addServices,
  reflection,
}: GrpcServerOptions): Promise<GrpcServer> {
  // grpc-js prints to stderr what it also throws; whoever debugs it sets the variable.
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
