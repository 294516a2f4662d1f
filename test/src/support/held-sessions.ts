import { credentials, type ServiceError, status } from '@grpc/grpc-js'
import { channelOptions, type GetLoadResponse__Output, LogitService, RewardService } from '@tandem/proto'

/** Returns how many sessions a logit service or a reward service holds. */
export async function heldSessions(address: string): Promise<number> {
  try {
    return await sessionsOf(address, LogitService)
  } catch (error) {
    if ((error as ServiceError).code !== status.UNIMPLEMENTED) throw error
    return sessionsOf(address, RewardService)
  }
}

async function sessionsOf(address: string, Service: typeof LogitService | typeof RewardService): Promise<number> {
  const client = new Service(address, credentials.createInsecure(), channelOptions)
  try {
    const load = await new Promise<GetLoadResponse__Output>((resolve, reject) =>
      client.getLoad({}, (error, response) => (response ? resolve(response) : reject(error))),
    )
    return load.sessions
  } finally {
    client.close()
  }
}
