import { credentials } from '@grpc/grpc-js'
import { channelOptions, type GetLoadResponse__Output, LogitService } from '@tandem/proto'

/** Returns how many sessions a service holds. */
export async function heldSessions(address: string): Promise<number> {
  const client = new LogitService(address, credentials.createInsecure(), channelOptions)
  try {
    const load = await new Promise<GetLoadResponse__Output>((resolve, reject) =>
      client.GetLoad({}, (error, response) => (response ? resolve(response) : reject(error))),
    )
    return load.sessions
  } finally {
    client.close()
  }
}
