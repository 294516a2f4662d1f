import type { Table } from '@tandem/test'
import type { Distribution } from '../../load/summarize-load.js'
import type { RatedLoad } from '../find-knee.js'
import type { LoadResult } from '../load-result.js'
import type { RouteResult } from '../route-load.js'

const loadHeader = [
  'load',
  'sent',
  'ends',
  'answers/s',
  'goodput, answers/s',
  'good',
  'output tokens/s',
  'TTFT, ms: p50 / p95 / p99',
  'ITL, ms: p50 / p95 / p99',
  'TPOT, ms: p50 / p95',
  'E2E, ms: p50 / p95',
]

/** Returns a table with a row for each load. */
export const loadTable = (loads: readonly RatedLoad[]): Table => ({ header: loadHeader, rows: loads.map(loadRow) })

function loadRow({ name, summary }: RatedLoad): string[] {
  const { sent, dropped, goodShare, firstTokenMs, interTokenMs, perTokenMs, endToEndMs } = summary
  return [
    name,
    `${sent}`,
    endsOf({ ...summary.outcomes, 'dropped by the client': dropped }),
    summary.requestsPerSecond.toFixed(2),
    summary.goodputPerSecond.toFixed(2),
    sent === 0 ? '' : `${(100 * goodShare).toFixed(0)}%`,
    summary.outputTokensPerSecond.toFixed(1),
    quantiles(firstTokenMs, ['p50', 'p95', 'p99']),
    quantiles(interTokenMs, ['p50', 'p95', 'p99']),
    quantiles(perTokenMs, ['p50', 'p95']),
    quantiles(endToEndMs, ['p50', 'p95']),
  ]
}

const endsOf = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')

const quantiles = (distribution: Distribution, names: readonly ('p50' | 'p95' | 'p99')[]): string =>
  distribution.count === 0 ? '' : names.map((name) => distribution[name].toFixed(0)).join(' / ')

/** Returns a table with a row for each route. */
export const routeTable = (routes: readonly RouteResult[]): Table => ({
  header: ['route', 'requests/s', 'ms: p50 / p90 / p99', 'succeeded', 'refused', 'failed'],
  rows: routes.map(({ name, perSecond, p50, p90, p99, succeeded, refused, failed }) => [
    name,
    perSecond.toFixed(0),
    [p50, p90, p99].join(' / '),
    `${succeeded}`,
    `${refused}`,
    `${failed}`,
  ]),
})

/** Returns a table of the memory of keys and values, with a row for each role. */
export const keyValueTable = ({ facts, peaks }: LoadResult): Table => ({
  header: [
    'service',
    'bytes per token (GetModel)',
    'bytes per token (GetLoad, one session)',
    'peak sessions',
    'peak MiB',
    'limit, MiB',
  ],
  rows: Object.entries(facts.keyValues).map(([role, { bytesPerToken, measuredBytesPerToken, maxBytes }]) => [
    role,
    `${bytesPerToken}`,
    measuredBytesPerToken.toFixed(0),
    `${peaks[role]?.sessions ?? 0}`,
    mebibytes(peaks[role]?.kvBytes ?? 0),
    mebibytes(maxBytes),
  ]),
})

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1)
