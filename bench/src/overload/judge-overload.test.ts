import { expect, test } from 'vitest'
import { type LoadSummary, summarizeLoad } from '../load/summarize-load.js'
import { findSaturation, judgeOverload } from './judge-overload.js'

const empty = summarizeLoad(
  { records: [], window: { fromMs: 0, toMs: 1000 }, droppedAtMs: [] },
  { firstTokenMs: 1, perTokenMs: 1 },
)
const load = (more: Partial<LoadSummary>): LoadSummary => ({ ...empty, statuses: { 200: 1, 429: 4 }, ...more })
const sweep = [
  ['8 clients', load({ goodputPerSecond: 10, requestsPerSecond: 10 })],
  ['32 clients', load({ goodputPerSecond: 8, requestsPerSecond: 11 })],
] as const
const failed = (more: Partial<LoadSummary>) =>
  judgeOverload(sweep, load({ goodputPerSecond: 9, ...more }))
    .filter(({ holds }) => !holds)
    .map(({ what, found }) => `${what}: ${found}`)

test('saturation is the most completed answers per second', () => {
  expect(findSaturation(sweep)).toBe(11)
})

test('each requirement is checked', () => {
  expect(failed({})).toEqual([])
  expect(failed({ goodputPerSecond: 8.9 })).toEqual(['goodput / peak goodput of at least 0.9: 8.90 / 10.00 = 0.89'])
  expect(failed({ statuses: { 200: 1, 503: 1 } })).toEqual(['only the statuses 200 and 429: 200, 503'])
  expect(failed({ statuses: { 200: 1, none: 1 } })).toEqual(['only the statuses 200 and 429: 200, none'])
  expect(failed({ withoutRetryAfter: 1 })).toEqual(['each 429 has a Retry-After: 1 without'])
  expect(failed({ outcomes: { ...empty.outcomes, incomplete: 1 } })).toHaveLength(1)
  expect(failed({ dropped: 1 })).toEqual(['the client kept nothing back: 1 dropped'])
})
