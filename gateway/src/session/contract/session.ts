import type { Readout, Row, Rows } from '@tandem/proto'
import type { ServiceCall } from './service-call.js'

export type { Readout, Row, Rows, Scores } from '@tandem/proto'

/**
 * One sequence in one service. It knows the appended tokens, and hides how the service stores
 * them. Only one call may run at a time. A call rejects with a SessionError, immediately if
 * the connection or the client is lost.
 *
 * session/ speaks to the services. It does not know strategies, decoding or HTTP.
 */
export interface Session {
  /** Number of tokens that the session holds. */
  readonly position: number
  /** Appends tokens and reads rows: none, the row after the last token, or one after each token. */
  step(tokenIds: readonly number[], rows: Rows, readouts: readonly Readout[]): Promise<Row[]>
  /**
   * Reads the row after the last token again. It needs no forward
   * if the service still holds that row.
   */
  readout(readouts: readonly Readout[]): Promise<Row>
  /** Removes all tokens from `position` on. */
  truncate(position: number): void
  /**
   * Returns the calls that were answered since the last time, and forgets them. A session holds the
   * latest 1024.
   */
  consumeCalls(): readonly ServiceCall[]
}

/**
 * Sequences of one request in one service: answers to one prompt, or beams. It starts with one
 * empty sequence. Steps of its sessions in one event loop iteration go to the service as one
 * message and run as one batch. If one engine runs several models, the message also contains the
 * steps of the request's other sets.
 */
export interface SessionSet {
  readonly sessions: readonly [Session, ...Session[]]
  /**
   * Makes sequence i continue from what sequence parents[i] holds, for all sequences at once.
   * Afterwards there are as many sequences as parents. The service receives this with the
   * next step. No call may be running.
   * @throws RangeError if there are no parents, or if a parent does not exist
   */
  reorder(parents: readonly number[]): void
  /**
   * Closes the set. The service frees the sequences when all sets that share the stream are closed.
   * It is safe to call twice, and while calls are running.
   */
  close(): void
}

/** Opens a set with one session on the named model. The signal ends the set at any point. */
export type OpenSessions = (model: string, signal: AbortSignal) => Promise<SessionSet>
