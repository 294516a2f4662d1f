import { expect, test } from 'vitest'
import { summarizeLoad } from '../load/summarize-load.js'
import { findFaults } from './judge-load.js'

const run = { records: [], window: { fromMs: 0, toMs: 1000 }, droppedAtMs: [] }
const empty = summarizeLoad(run, { firstTokenMs: 1, perTokenMs: 1 })
const good = { ...empty, sent: 3, statuses: { 200: 2, 429: 1 } }
const route = { name: 'GET /', perSecond: 1, p50: 1, p90: 1, p99: 1, succeeded: 1, refused: 0, failed: 0 }
const faultsOf = (more: Partial<typeof empty>, routes = [route]) =>
  findFaults({ loads: [{ name: 'load', perSecond: 1, summary: { ...good, ...more } }], routes })

test('refusals with Retry-After and slow answers are no faults', () => {
  expect(faultsOf({})).toEqual([])
})

test.each([
  [{ sent: 0 }, 'no request was sent: expected a longer window or a higher rate'],
  [{ outcomes: { ...empty.outcomes, failed: 1 } }, 'load: 1 requests failed'],
  [{ outcomes: { ...empty.outcomes, incomplete: 1 } }, 'load: 1 answers are incomplete'],
  [{ withoutRetryAfter: 2 }, 'load: 2 refusals have no Retry-After'],
  [{ statuses: { 200: 1, 503: 2 } }, 'load: 2 requests have status 503'],
])('%j', (more, fault) => {
  expect(faultsOf(more)).toEqual([fault])
})

test('a route must succeed each time', () => {
  expect(faultsOf({}, [{ ...route, refused: 2 }])).toEqual(['GET /: 1 succeeded, 2 refused, 0 failed'])
  expect(faultsOf({}, [{ ...route, succeeded: 0 }])).toEqual(['GET /: 0 succeeded, 0 refused, 0 failed'])
})
