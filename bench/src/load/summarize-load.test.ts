import { expect, test } from 'vitest'
import { loadTable } from './load-table.js'
import type { RequestRecord } from './request-record.js'
import { distributionOf, summarizeLoad } from './summarize-load.js'

const record = (more: Partial<RequestRecord>): RequestRecord => ({
  sentAtMs: 1000,
  endedAtMs: 1500,
  outcome: 'completed',
  status: 200,
  firstTokenMs: 100,
  gapsMs: [40, 60],
  promptTokens: 5,
  outputTokens: 3,
  hasRetryAfter: false,
  error: null,
  ...more,
})
const refusal = { outcome: 'refused', firstTokenMs: null, gapsMs: [], outputTokens: 0 } as const
const level = { firstTokenMs: 150, perTokenMs: 200 }

test('quantiles are the nearest ranks of 1 to 100', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i)
  expect(distributionOf([...values, null])).toEqual({ count: 100, mean: 50.5, p50: 50, p90: 90, p95: 95, p99: 99 })
  expect(distributionOf([])).toEqual({ count: 0, mean: 0, p50: 0, p90: 0, p95: 0, p99: 0 })
})

test('counts what was sent in the window, and the rates of what ended in it', () => {
  const records = [
    record({ sentAtMs: 900, endedAtMs: 1100 }), // sent in the warm-up, ended in the window
    record({}),
    record({ endedAtMs: 3100 }), // ends after the window
    record({ firstTokenMs: 151 }),
    record({ firstTokenMs: 100, endedAtMs: 1501 }), // 200.5 ms per token
    record({ ...refusal, status: 429, hasRetryAfter: true }),
    record({ ...refusal, status: 503 }),
    record({ outcome: 'failed', status: null }),
    record({ outcome: 'aborted' }),
  ]
  const summary = summarizeLoad(
    { records, window: { fromMs: 1000, toMs: 3000 }, droppedAtMs: [999, 1000, 2000, 3000] },
    level,
  )
  expect(summary).toMatchObject({
    windowSeconds: 2,
    sent: 8,
    outcomes: { completed: 4, refused: 2, failed: 1, incomplete: 0, aborted: 1 },
    statuses: { 200: 5, 429: 1, 503: 1, none: 1 },
    withoutRetryAfter: 1,
    dropped: 2,
    firstTokenMs: { count: 4, p50: 100, p99: 151 },
    interTokenMs: { count: 8, p50: 40, p99: 60 },
    perTokenMs: { count: 4, p50: 200 },
    endToEndMs: { count: 4, p50: 500, p99: 2100 },
    requestsPerSecond: 2,
    outputTokensPerSecond: 6,
    goodputPerSecond: 1,
    goodShare: 0.125,
  })
  expect(loadTable([['load', summary]])).toContain('| statuses | 200: 5, 429: 1, 503: 1, none: 1 |')
})
