import { markdownTable } from '@tandem/test'
import type { Distribution, LoadSummary } from './summarize-load.js'

/** Returns a Markdown table with a column for each load. */
export function loadTable(loads: readonly (readonly [string, LoadSummary])[]): string {
  const row = (name: string, cell: (summary: LoadSummary) => string) => [
    name,
    ...loads.map(([, summary]) => cell(summary)),
  ]
  const rows = [
    row('requests sent', ({ sent }) => `${sent}`),
    row('statuses', ({ statuses }) => listOf(statuses)),
    row('ends', ({ outcomes }) => listOf(outcomes)),
    row('answers/s', ({ requestsPerSecond }) => requestsPerSecond.toFixed(2)),
    row('goodput, answers/s', ({ goodputPerSecond }) => goodputPerSecond.toFixed(2)),
    row('output tokens/s', ({ outputTokensPerSecond }) => outputTokensPerSecond.toFixed(1)),
    row('TTFT, ms: p50 / p90 / p95 / p99', ({ firstTokenMs }) => quantilesOf(firstTokenMs, 0)),
    row('inter-token, ms', ({ interTokenMs }) => quantilesOf(interTokenMs, 1)),
    row('mean per token, ms', ({ perTokenMs }) => quantilesOf(perTokenMs, 1)),
    row('end to end, ms', ({ endToEndMs }) => quantilesOf(endToEndMs, 0)),
    row('dropped by the client', ({ dropped }) => `${dropped}`),
    row('429 and 503 without Retry-After', ({ withoutRetryAfter }) => `${withoutRetryAfter}`),
  ]
  return markdownTable({ header: ['', ...loads.map(([name]) => name)], rows })
}

const listOf = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name}: ${count}`)
    .join(', ')

const quantilesOf = ({ count, p50, p90, p95, p99 }: Distribution, digits: number): string =>
  count === 0 ? '' : [p50, p90, p95, p99].map((value) => value.toFixed(digits)).join(' / ')
