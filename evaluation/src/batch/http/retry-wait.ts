const firstWaitMs = 500
const maxWaitMs = 30_000
/** Maximum wait that a server can ask for. */
const maxAskedMs = 60_000

/**
 * The time to wait before the next attempt, in milliseconds: what the server asks for, else a time
 * that doubles up to 30 seconds, of which up to a half is random, so that requests which failed
 * together do not come back together.
 * @param attempt number of attempts that failed before this one
 * @param retryAfter the header retry-after: seconds, or a date
 * @param random a number from 0 to 1
 */
export function retryWaitMs(
  attempt: number,
  retryAfter: string | undefined,
  random: number = Math.random(),
  nowMs: number = Date.now(),
): number {
  const asked = retryAfter === undefined ? null : readAsked(retryAfter, nowMs)
  if (asked !== null) return Math.min(asked, maxAskedMs)
  return Math.min(firstWaitMs * 2 ** attempt, maxWaitMs) * (1 - random / 2)
}

function readAsked(retryAfter: string, nowMs: number): number | null {
  if (/^\s*\d+(\.\d+)?\s*$/.test(retryAfter)) return Number(retryAfter) * 1000
  const date = Date.parse(retryAfter)
  return Number.isNaN(date) ? null : Math.max(0, date - nowMs)
}
