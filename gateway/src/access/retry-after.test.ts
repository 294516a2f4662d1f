import fc from 'fast-check'
import { expect, test } from 'vitest'
import { estimateRetrySeconds } from './retry-after.js'
import { Throughput } from './throughput.js'

const rates = fc.double({ min: 1e-6, max: 1e6, noNaN: true })

test('the time to retry is that in which the queue and the request itself have their turn, 1 to 60 seconds', () => {
  expect(estimateRetrySeconds(64, 5)).toBe(13)
  expect(estimateRetrySeconds(0, 1000)).toBe(1)
  expect(estimateRetrySeconds(64, 0.1)).toBe(60)
  expect(estimateRetrySeconds(64, 0)).toBe(60)
  expect(estimateRetrySeconds(0, Number.NaN)).toBe(60)
})

test('the time to retry grows with the queue and falls with the throughput', () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.nat(1000), rates, rates, (waiting, more, one, other) => {
      const seconds = estimateRetrySeconds(waiting, one)
      expect(Number.isInteger(seconds) && seconds >= 1 && seconds <= 60).toBe(true)
      expect(estimateRetrySeconds(waiting + more, one)).toBeGreaterThanOrEqual(seconds)
      const [slow, fast] = [Math.min(one, other), Math.max(one, other)]
      expect(estimateRetrySeconds(waiting, fast)).toBeLessThanOrEqual(estimateRetrySeconds(waiting, slow))
    }),
  )
})

test('the throughput is that of the last ends, and falls while none comes', () => {
  const throughput = new Throughput()
  throughput.begin(0)
  expect(throughput.perSecond(500)).toBe(2)
  for (let i = 1; i <= 10; i++) throughput.count(i * 100)
  expect(throughput.perSecond(1000)).toBe(10)
  expect(throughput.perSecond(10_000)).toBe(1)
  for (let i = 1; i <= 200; i++) throughput.count(10_000 + i * 10)
  expect(throughput.perSecond(12_000)).toBeCloseTo(100, 0)
  throughput.begin(20_000)
  expect(throughput.perSecond(22_000)).toBe(0.5)
})
