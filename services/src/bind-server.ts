import { logVerbosity, type Server, type ServerCredentials, setLogVerbosity } from '@grpc/grpc-js'

/**
 * Makes a gRPC server listen.
 * @param listen host:port. Port 0 chooses a free port
 * @returns the port that it listens on
 * @throws Error that names the address if it cannot be used
 */
export function bindServer(server: Server, listen: string, credentials: ServerCredentials): Promise<number> {
  // grpc-js also prints to stderr what it throws. Set the variable to see it.
  if (process.env.GRPC_VERBOSITY === undefined) setLogVerbosity(logVerbosity.NONE)
  return new Promise((resolve, reject) => {
    server.bindAsync(listen, credentials, (error, port) => {
      if (error) reject(new Error(`cannot listen on ${listen}: ${error.message}`, { cause: error }))
      else resolve(port)
    })
  })
}
