/**
 * How a request ended. `refused`: another status than 200. `failed`: the connection was lost, or
 * the answer reports an error. `incomplete`: the answer ended without its end mark or its usage.
 * `aborted`: this client went away on purpose.
 */
export type Outcome = 'completed' | 'refused' | 'failed' | 'incomplete' | 'aborted'

/** What a client saw of one request. Times are milliseconds. */
export interface RequestRecord {
  /** On the clock of `performance.now`. */
  readonly sentAtMs: number
  readonly endedAtMs: number
  readonly outcome: Outcome
  /** Null if no status arrived. */
  readonly status: number | null
  /** From the send to the first content that is not empty. Null without content or a stream. */
  readonly firstTokenMs: number | null
  /** Times between consecutive events with content. Events of one packet have the gap 0. */
  readonly gapsMs: readonly number[]
  /** Counts of the answer's usage. 0 if it did not arrive. */
  readonly promptTokens: number
  readonly outputTokens: number
  readonly hasRetryAfter: boolean
  /** What went wrong, or null. */
  readonly error: string | null
}

/** Returns the time from the send to the end of the answer. */
export const endToEndMs = ({ sentAtMs, endedAtMs }: RequestRecord): number => endedAtMs - sentAtMs

/**
 * Returns the mean time per token after the first one: (end-to-end - TTFT) / (tokens - 1). Null for
 * an answer of one token.
 */
export function perTokenMs(record: RequestRecord): number | null {
  const { firstTokenMs, outputTokens } = record
  return firstTokenMs === null || outputTokens < 2 ? null : (endToEndMs(record) - firstTokenMs) / (outputTokens - 1)
}
