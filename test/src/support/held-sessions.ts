import { credentials, type ServiceError, status } from '@grpc/grpc-js'
import { channelOptions, type GetLoadResponse__Output, LogitService, RewardService } from '@tandem/proto'

/** Returns how many sessions a logit service or a reward service holds. */
export const heldSessions = async (address: string): Promise<number> => (await readLoad(address)).sessions

/** Returns how much of its limits a logit service or a reward service uses. */
export async function readLoad(address: string): Promise<GetLoadResponse__Output> {
  try {
    return await loadOf(address, LogitService)
  } catch (error) {
    if ((error as ServiceError).code !== status.UNIMPLEMENTED) throw error
    return loadOf(address, RewardService)
  }
}

async function loadOf(
  address: string,
  Service: typeof LogitService | typeof RewardService,
): Promise<GetLoadResponse__Output> {
  const client = new Service(address, credentials.createInsecure(), channelOptions)
  try {
    return await new Promise<GetLoadResponse__Output>((resolve, reject) =>
      client.getLoad({}, (error, response) => (response ? resolve(response) : reject(error))),
    )
  } finally {
    client.close()
  }
}
