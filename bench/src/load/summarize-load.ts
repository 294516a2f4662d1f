import { quantile } from '@tandem/process'
import { endToEndMs, type Outcome, perTokenMs, type RequestRecord } from './request-record.js'
import type { LoadRun } from './run-load.js'

/** The limits that an answer must meet to count as good. */
export interface ServiceLevel {
  /** Maximum time to the first token, in milliseconds. */
  readonly firstTokenMs: number
  /** Maximum mean time per token after the first one, in milliseconds. */
  readonly perTokenMs: number
}

/** Nearest-rank quantiles and the mean. */
export interface Distribution {
  readonly count: number
  readonly mean: number
  readonly p50: number
  readonly p90: number
  readonly p95: number
  readonly p99: number
}

/**
 * The result of a load. Times are in milliseconds and are those of answers that were sent in the
 * window and completed. Rates count what ended in the window.
 */
export interface LoadSummary {
  readonly windowSeconds: number
  /** Requests that were sent in the window. */
  readonly sent: number
  readonly outcomes: Readonly<Record<Outcome, number>>
  /** Number of requests by status. "none" if no status arrived. */
  readonly statuses: Readonly<Record<string, number>>
  /** Answers 429 and 503 without a Retry-After. */
  readonly withoutRetryAfter: number
  /** Arrivals of the window that the client kept back. */
  readonly dropped: number
  readonly firstTokenMs: Distribution
  readonly interTokenMs: Distribution
  readonly perTokenMs: Distribution
  readonly endToEndMs: Distribution
  readonly requestsPerSecond: number
  readonly outputTokensPerSecond: number
  /** Completed answers per second that met the service level. */
  readonly goodputPerSecond: number
  /** The share of the sent requests whose answers completed and met the service level. */
  readonly goodShare: number
}

/** Summarizes a load. */
export function summarizeLoad({ records, window, droppedAtMs }: LoadRun, level: ServiceLevel): LoadSummary {
  const { fromMs, toMs } = window
  const isInside = (atMs: number) => atMs >= fromMs && atMs < toMs
  const sent = records.filter(({ sentAtMs }) => isInside(sentAtMs))
  const completed = sent.filter(({ outcome }) => outcome === 'completed')
  const ended = records.filter(({ outcome, endedAtMs }) => outcome === 'completed' && isInside(endedAtMs))
  const seconds = (toMs - fromMs) / 1000
  const mustRetry = sent.filter(({ status }) => status === 429 || status === 503)
  return {
    windowSeconds: seconds,
    sent: sent.length,
    outcomes: countOutcomes(sent),
    statuses: countStatuses(sent),
    withoutRetryAfter: mustRetry.filter(({ hasRetryAfter }) => !hasRetryAfter).length,
    dropped: droppedAtMs.filter(isInside).length,
    firstTokenMs: distributionOf(completed.map(({ firstTokenMs }) => firstTokenMs)),
    interTokenMs: distributionOf(completed.flatMap(({ gapsMs }) => gapsMs)),
    perTokenMs: distributionOf(completed.map(perTokenMs)),
    endToEndMs: distributionOf(completed.map(endToEndMs)),
    requestsPerSecond: ended.length / seconds,
    outputTokensPerSecond: ended.reduce((sum, { outputTokens }) => sum + outputTokens, 0) / seconds,
    goodputPerSecond: ended.filter((record) => isGood(record, level)).length / seconds,
    goodShare: sent.length === 0 ? 0 : completed.filter((record) => isGood(record, level)).length / sent.length,
  }
}

/** Computes the distribution of values. Nulls do not count. */
export function distributionOf(values: readonly (number | null)[]): Distribution {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b)
  const mean = sorted.length === 0 ? 0 : sorted.reduce((sum, value) => sum + value, 0) / sorted.length
  const [p50, p90, p95, p99] = [0.5, 0.9, 0.95, 0.99].map((share) => quantile(sorted, share)) as [
    number,
    number,
    number,
    number,
  ]
  return { count: sorted.length, mean, p50, p90, p95, p99 }
}

/**
 * Whether a completed answer meets the service level. A whole answer that is not a stream has no
 * first token: its end must meet the limit.
 */
export function isGood(record: RequestRecord, level: ServiceLevel): boolean {
  const first = record.firstTokenMs ?? endToEndMs(record)
  return first <= level.firstTokenMs && (perTokenMs(record) ?? 0) <= level.perTokenMs
}

function countOutcomes(records: readonly RequestRecord[]): Record<Outcome, number> {
  const counts = { completed: 0, refused: 0, failed: 0, incomplete: 0, aborted: 0 }
  for (const { outcome } of records) counts[outcome]++
  return counts
}

function countStatuses(records: readonly RequestRecord[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { status } of records) counts[status ?? 'none'] = (counts[status ?? 'none'] ?? 0) + 1
  return counts
}
