import { expect, it } from 'vitest'
import { judgeStatus } from './judge-answer.js'
import { retryWaitMs } from './retry-wait.js'

it.each([
  [0, undefined, 0, 500],
  [1, undefined, 0, 1000],
  [1, undefined, 1, 500],
  [20, undefined, 0, 30_000],
  [0, '2', 0, 2000],
  [9, '0', 0, 0],
  [0, '1.5', 0, 1500],
  [0, '3600', 0, 60_000],
  [0, 'Thu, 01 Jan 1970 00:00:07 GMT', 0, 2000],
  [0, 'Thu, 01 Jan 1970 00:00:01 GMT', 0, 0],
  [2, 'soon', 0, 2000],
])('attempt %d, retry-after %s, random %d: %d ms', (attempt, retryAfter, random, expected) =>
  expect(retryWaitMs(attempt, retryAfter, random, 5000)).toBe(expected),
)

it.each([
  [200, 'row'],
  [302, 'retry'],
  [400, 'row'],
  [401, 'end'],
  [404, 'end'],
  [408, 'retry'],
  [413, 'row'],
  [422, 'row'],
  [429, 'retry'],
  [500, 'retry-then-row'],
  [502, 'retry'],
  [503, 'retry'],
  [504, 'retry'],
] as const)('status %d: %s', (status, verdict) => expect(judgeStatus(status)).toBe(verdict))
