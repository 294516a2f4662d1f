import { expect, test } from 'vitest'
import { createRandom, drawInterval } from '../measure/random.js'
import { timeOfArrival } from './rate-stages.js'

const stages = [
  { perSecond: 1, seconds: 10 },
  { perSecond: 0, seconds: 5 },
  { perSecond: 10, seconds: 10 },
]

test.each([
  [0, 0.5, 500],
  [2000, 8, 10_000],
  [9000, 2, 15_100], // one second of the first stage, none of the second, a tenth of the third
  [12_000, 1, 15_100],
  [24_000, 10, 25_000],
  [24_000, 10.1, Number.POSITIVE_INFINITY],
  [25_000, 0.1, Number.POSITIVE_INFINITY],
])('from %d ms, %d expected arrivals later it is %d ms', (fromMs, expected, atMs) => {
  expect(timeOfArrival(stages, fromMs, expected)).toBeCloseTo(atMs)
})

test('each stage has the arrivals of its rate', () => {
  const random = createRandom(1)
  const long = [
    { perSecond: 2, seconds: 1000 },
    { perSecond: 20, seconds: 100 },
  ]
  const counts = [0, 0]
  for (let at = 0; ; ) {
    at = timeOfArrival(long, at, drawInterval(random, 1) / 1000)
    if (!Number.isFinite(at)) break
    counts.splice(at < 1_000_000 ? 0 : 1, 1, (counts[at < 1_000_000 ? 0 : 1] ?? 0) + 1)
  }
  for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(150)
})
