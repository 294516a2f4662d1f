import { credentials } from '@grpc/grpc-js'
import { channelOptions, LogitService } from '@tandem/proto'

/** A service process of a stack that faults happen to. */
export interface Victim {
  /** "DPO service", "SFT service 2" */
  readonly name: string
  readonly pid: number
  /** Its address, host:port. */
  readonly address: string
}

/** A running stack whose processes are restarted if they end. */
export interface FaultStack {
  /** The URL of the gateway. */
  readonly url: string
  /** The name of the pair in the API. */
  readonly model: string
  /** The logit services that run now. */
  services(): readonly Victim[]
  stop(): Promise<void>
}

const loadLimitMs = 5_000
const settleLimitMs = 20_000
const retryMs = 50

/** Returns how many sessions a service holds. @throws Error if it does not answer */
export async function countSessions(address: string): Promise<number> {
  const client = new LogitService(address, credentials.createInsecure(), channelOptions)
  try {
    return await new Promise<number>((resolve, reject) =>
      client.GetLoad({}, { deadline: Date.now() + loadLimitMs }, (error, load) =>
        load ? resolve(load.sessions) : reject(error),
      ),
    )
  } finally {
    client.close()
  }
}

/**
 * Waits until the services hold no sessions.
 * @returns how many they still hold after a time
 */
export async function countLeaked(stack: FaultStack): Promise<number> {
  const end = performance.now() + settleLimitMs
  for (;;) {
    const counts = await Promise.all(stack.services().map(({ address }) => countSessions(address).catch(() => 0)))
    const held = counts.reduce((sum, count) => sum + count, 0)
    if (held === 0 || performance.now() > end) return held
    await new Promise((resolve) => setTimeout(resolve, retryMs))
  }
}
