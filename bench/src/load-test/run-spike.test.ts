import { expect, test } from 'vitest'
import type { RequestRecord } from '../load/request-record.js'
import { recoveryOf } from './run-spike.js'

const level = { firstTokenMs: 100, perTokenMs: 100 }
const sent = (sentAtMs: number, firstTokenMs: number): RequestRecord => ({
  sentAtMs,
  endedAtMs: sentAtMs + firstTokenMs,
  outcome: 'completed',
  status: 200,
  firstTokenMs,
  gapsMs: [],
  promptTokens: 5,
  outputTokens: 2,
  hasRetryAfter: false,
  error: null,
})

test('recovery lasts until the last request without a good answer', () => {
  const records = [sent(500, 900), sent(3000, 50), sent(2500, 500), sent(1200, 50)]
  expect(recoveryOf(records, 1000, level)).toEqual({ seconds: 1.5, isComplete: true })
  expect(recoveryOf(records.slice(2), 1000, level)).toEqual({ seconds: 1.5, isComplete: false })
  expect(recoveryOf([sent(500, 900), sent(1000.5, 50)], 1000, level)).toEqual({ seconds: 0, isComplete: true })
})

test('a refused request is not good', () => {
  const refused: RequestRecord = { ...sent(2000, 0), outcome: 'refused', status: 429, firstTokenMs: null }
  expect(recoveryOf([refused], 1000, level)).toEqual({ seconds: 1, isComplete: false })
})
