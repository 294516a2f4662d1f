import type { SessionErrorCode } from '../contract/session-error.js'

/** Work that left its replica, because it failed or shuts down. Times are of performance.now(). */
export interface Failover {
  /** The model's name in the gateway. */
  readonly model: string
  /** The code of the error; `draining` if the replica shuts down. */
  readonly reason: SessionErrorCode | 'draining'
  /** Address of the replica that was left. */
  readonly from: string
  /**
   * Address of the replica where the work continued: also the same one, if its process is another
   * one. Null if the work could not continue.
   */
  readonly to: string | null
  /** When the call that failed was sent: what it computed is lost. */
  readonly startMs: number
  /** When the work was placed again, or could not be. */
  readonly endMs: number
}

/** Is told about each failover of a request when it is over. It does not throw. */
export type OnFailover = (failover: Failover) => void

/**
 * Runs a failover and reports it.
 * @param move places the work, and returns the replica
 * @throws errors of `move`
 */
export async function reportFailover<Replica extends { readonly address: string }>(
  onFailover: OnFailover | undefined,
  about: Omit<Failover, 'to' | 'endMs'>,
  move: () => Promise<Replica>,
): Promise<Replica> {
  let to: string | null = null
  try {
    const replica = await move()
    to = replica.address
    return replica
  } finally {
    onFailover?.({ ...about, to, endMs: performance.now() })
  }
}
