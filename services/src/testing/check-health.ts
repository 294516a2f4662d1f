import { credentials, makeClientConstructor } from '@grpc/grpc-js'
import { service as healthService } from 'grpc-health-check'

const HealthClient = makeClientConstructor(healthService, 'health')

/**
 * Asks a server for its health, without TLS.
 * @param service the name to ask for
 * @throws Error with the status of gRPC if there is no answer
 */
export async function checkHealth(address: string, service: string): Promise<string> {
  const client = new HealthClient(address, credentials.createInsecure())
  try {
    return await new Promise((resolve, reject) => {
      const deadline = { deadline: Date.now() + 360_000 }
      client.check?.({ service }, deadline, (error: Error | null, response: { status: string }) =>
        error ? reject(error) : resolve(response.status),
      )
    })
  } finally {
    client.close()
  }
}
