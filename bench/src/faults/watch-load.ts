import { setTimeout as delay } from 'node:timers/promises'
import { credentials } from '@grpc/grpc-js'
import { channelOptions, type GetLoadResponse__Output, LogitService } from '@tandem/proto'

/** The most that a service has held. */
export interface LoadPeak {
  readonly sessions: number
  readonly kvBytes: number
}

const intervalMs = 5

/** Asks a service how full it is, again and again, while `work` runs. */
export async function watchLoad(address: string, work: () => Promise<unknown>): Promise<LoadPeak> {
  const client = new LogitService(address, credentials.createInsecure(), channelOptions)
  const read = () =>
    new Promise<GetLoadResponse__Output>((resolve, reject) =>
      client.getLoad({}, (error, response) => (response ? resolve(response) : reject(error))),
    )
  const peak = { sessions: 0, kvBytes: 0 }
  let isOver = false
  const watch = async () => {
    while (!isOver) {
      const { sessions, kvBytes } = await read()
      peak.sessions = Math.max(peak.sessions, sessions)
      peak.kvBytes = Math.max(peak.kvBytes, Number(kvBytes))
      await delay(intervalMs)
    }
  }
  const end = async () => {
    await work().finally(() => {
      isOver = true
    })
  }
  try {
    await Promise.all([watch(), end()])
    return peak
  } finally {
    client.close()
  }
}
