import type { LoadResult } from './load-result.js'

/**
 * Returns what is wrong in a result whatever the load: answers that broke off, refusals without
 * Retry-After, errors of routes. Slow answers are measured, not judged.
 */
export function findFaults({ loads, routes }: Pick<LoadResult, 'loads' | 'routes'>): readonly string[] {
  const streams = loads.flatMap(({ name, summary: { outcomes, statuses, withoutRetryAfter } }) => [
    ...(outcomes.failed > 0 ? [`${name}: ${outcomes.failed} requests failed`] : []),
    ...(outcomes.incomplete > 0 ? [`${name}: ${outcomes.incomplete} answers are incomplete`] : []),
    ...(withoutRetryAfter > 0 ? [`${name}: ${withoutRetryAfter} refusals have no Retry-After`] : []),
    ...Object.keys(statuses)
      .filter((status) => !['200', '429', 'none'].includes(status))
      .map((status) => `${name}: ${statuses[status]} requests have status ${status}`),
  ])
  const plain = routes
    .filter(({ succeeded, refused, failed }) => succeeded === 0 || refused + failed > 0)
    .map(
      ({ name, succeeded, refused, failed }) => `${name}: ${succeeded} succeeded, ${refused} refused, ${failed} failed`,
    )
  const isSent = loads.some(({ summary }) => summary.sent > 0)
  return [...(isSent ? [] : ['no request was sent: expected a longer window or a higher rate']), ...streams, ...plain]
}
