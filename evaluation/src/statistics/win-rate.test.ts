import fc from 'fast-check'
import { expect, it } from 'vitest'
import { estimateAccuracy } from './pair-accuracy.js'
import { estimateWinRate, summarizeOutcomes } from './win-rate.js'

const fast = { resamples: 100 }

it('counts wins, ties as halves, and losses', () => {
  const found = estimateWinRate([3, 2, 1, 5], [1, 2, 4, 0])
  expect(found).toMatchObject({ value: 0.625, count: 4, wins: 2, ties: 1, losses: 1, reason: null })
  expect(found.interval?.low).toBeGreaterThanOrEqual(0)
  expect(found.interval?.high).toBeLessThanOrEqual(1)
})

it('has no interval if all outcomes are ties or wins', () => {
  expect(estimateWinRate([1, 2], [1, 2])).toMatchObject({ value: 0.5, ties: 2, interval: null })
  expect(estimateWinRate([3, 3], [1, 2])).toMatchObject({ value: 1, reason: 'all 2 values are equal' })
})

it('refuses lists that do not pair, and scores that are not numbers', () => {
  expect(() => estimateWinRate([1, 2], [1])).toThrow(
    /^The lists have 2 and 1 values: expected one pair for each prompt/,
  )
  expect(() => estimateWinRate([1], [Number.NaN])).toThrow(/^second\[0\] is NaN/)
  expect(() => estimateWinRate([], [])).toThrow(/^outcomes is empty/)
})

it('is one minus the win rate of the other method, and depends on the order of scores only', () => {
  const pairs = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), { minLength: 1 })
  fc.assert(
    fc.property(pairs, (scores) => {
      const [first, second] = [scores.map(([a]) => a), scores.map(([, b]) => b)]
      const found = estimateWinRate(first, second, fast)
      expect(found.value).toBeCloseTo(1 - estimateWinRate(second, first, fast).value, 12)
      expect(estimateWinRate(first.map(Math.exp), second.map(Math.exp), fast)).toEqual(found)
      expect(found.wins + found.ties + found.losses).toBe(scores.length)
      expect(found.value).toBeGreaterThanOrEqual(0)
      expect(found.value).toBeLessThanOrEqual(1)
    }),
  )
})

it('summarizes outcomes that are means over samples of a prompt', () => {
  expect(summarizeOutcomes([0.75, 0.25, 0.5])).toMatchObject({ value: 0.5, wins: 1, ties: 1, losses: 1 })
})

it('estimates the accuracy of a reward model on held-out pairs', () => {
  const pairs = [
    { chosen: 2, rejected: 1 },
    { chosen: 0, rejected: 0 },
    { chosen: -1, rejected: 3 },
    { chosen: 4, rejected: 3 },
  ]
  expect(estimateAccuracy(pairs)).toMatchObject({ value: 0.625, wins: 2, ties: 1, losses: 1 })
  expect(() => estimateAccuracy([{ chosen: Number.NaN, rejected: 1 }])).toThrow(/^chosen\[0\] is NaN/)
  expect(() => estimateAccuracy([])).toThrow(/is empty/)
})
