import { credentials } from '@grpc/grpc-js'
import { channelOptions, LogitService, type StepResponse__Output } from '@tandem/proto'

/**
 * A module that makes the random ids of a process 0, 1, 2 and so on, so that tests know the ids of
 * its sessions.
 */
export const countedIds = `data:text/javascript,${encodeURIComponent(`
  import crypto from 'node:crypto'
  import { syncBuiltinESMExports } from 'node:module'
  let count = 0
  crypto.randomUUID = () => String(count++)
  syncBuiltinESMExports()
`)}`

/**
 * Returns how many of the sessions 0 to 99 a service holds. A step with a wrong prefix is refused
 * with the length of the session.
 */
export async function heldSessions(address: string): Promise<number> {
  const client = new LogitService(address, credentials.createInsecure(), channelOptions)
  const steps = Array.from(
    { length: 100 },
    (_, id) => ({ sessionId: `${id}`, position: 1, prefixHash: '1', rows: 'ROWS_LAST' }) as const,
  )
  const responses = await Promise.all(
    steps.map(
      (step) =>
        new Promise<StepResponse__Output>((resolve, reject) =>
          client.Step({ steps: [step] }, (error, response) => (response ? resolve(response) : reject(error))),
        ),
    ),
  )
  client.close()
  return responses.filter(({ results }) => (results[0]?.error?.heldPosition ?? 0) > 0).length
}
