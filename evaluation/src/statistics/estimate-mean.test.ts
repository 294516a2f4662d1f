import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bootstrapMeans } from './bootstrap-means.js'
import { estimateMean } from './estimate-mean.js'
import { createRandomIndex } from './random-index.js'

const scores = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 30 })
const fast = { resamples: 200 }
const bounds = (values: readonly number[]) => {
  const { interval } = estimateMean('scores', values, fast)
  return interval ? [interval.low, interval.high] : null
}

/** Expects intervals that differ only by rounding. */
function expectNear(found: readonly number[] | null, expected: readonly number[] | null) {
  expect(found === null).toBe(expected === null)
  for (const [i, value] of (expected ?? []).entries()) expect(found?.[i]).toBeCloseTo(value, 6)
}

describe('estimateMean', () => {
  it('gives an interval around the mean, and the same one for the same seed', () => {
    const values = [1.25, 1.5, 2.125, 3.375, 4.5, 8.25]
    const estimate = estimateMean('scores', values)
    expect(estimate).toMatchObject({ value: 3.5, count: 6, reason: null })
    expect(estimate.interval?.low).toBeLessThan(3.5)
    expect(estimate.interval?.high).toBeGreaterThan(3.5)
    expect(estimateMean('scores', values)).toEqual(estimate)
    expect(estimateMean('scores', values, { seed: 2 }).interval).not.toEqual(estimate.interval)
  })

  it('has no interval for one value and for equal values, and says why', () => {
    expect(estimateMean('scores', [4])).toEqual({
      value: 4,
      count: 1,
      interval: null,
      reason: 'one value has no spread',
    })
    const ties = { value: 0.5, count: 3, interval: null, reason: 'all 3 values are equal' }
    expect(estimateMean('scores', [0.5, 0.5, 0.5])).toEqual(ties)
  })

  it.each([
    { values: [], message: /^scores is empty: expected at least one value/ },
    { values: [1, Number.NaN], message: /^scores\[1\] is NaN: expected a finite number\. Score the row again/ },
    { values: [Number.POSITIVE_INFINITY], message: /^scores\[0\] is Infinity/ },
  ])('refuses $values', ({ values, message }) => {
    expect(() => estimateMean('scores', values)).toThrow(message)
  })

  it.each([0, 1.5, 1_000_001, Number.NaN])('refuses %d resamples', (resamples) => {
    expect(() => estimateMean('scores', [1, 2], { resamples })).toThrow(
      /^resamples is .*whole number from 1 to 1000000/,
    )
  })

  it('moves with a shift, a scale and a change of sign', () => {
    fc.assert(
      fc.property(scores, fc.integer({ min: -500, max: 500 }), (values, shift) => {
        const plain = bounds(values)
        expectNear(bounds(values.map((value) => value + shift)), plain?.map((at) => at + shift) ?? null)
        expectNear(bounds(values.map((value) => value * 4)), plain?.map((at) => at * 4) ?? null)
        expectNear(bounds(values.map((value) => -value)), plain?.map((at) => -at).reverse() ?? null)
      }),
    )
  })

  it('stays between the least and the greatest value, and is wider at a higher level', () => {
    fc.assert(
      fc.property(scores, (values) => {
        const { value, interval } = estimateMean('scores', values, fast)
        const wide = estimateMean('scores', values, { ...fast, level: 0.99 }).interval
        expect(value).toBeCloseTo(estimateMean('scores', values.toReversed(), fast).value, 9)
        if (!interval || !wide) return
        expect(interval.low).toBeGreaterThanOrEqual(Math.min(...values))
        expect(interval.high).toBeLessThanOrEqual(Math.max(...values))
        expect(interval.low).toBeLessThanOrEqual(interval.high)
        expect(wide.low).toBeLessThanOrEqual(interval.low)
        expect(wide.high).toBeGreaterThanOrEqual(interval.high)
      }),
    )
  })

  it('covers the true mean in about 95% of samples', () => {
    // Sums of 12 uniform numbers are nearly normal, with mean 6.
    const next = createRandomIndex(7)
    const draw = () => Array.from({ length: 12 }, () => next(1_000_000) / 1_000_000).reduce((sum, value) => sum + value)
    const covered = Array.from({ length: 400 }, () => {
      const { interval } = estimateMean('scores', Array.from({ length: 60 }, draw), { resamples: 500 })
      return interval !== null && interval.low <= 6 && interval.high >= 6
    })
    const share = covered.filter(Boolean).length / covered.length
    expect(share).toBeGreaterThan(0.91)
    expect(share).toBeLessThan(0.98)
  })
})

it('draws every value equally often', () => {
  const means = bootstrapMeans([1, 0, 0, 0], 20_000, 3)
  const mean = means.reduce((sum, value) => sum + value) / means.length
  // The standard error is sqrt(3/16 / 4 / 20,000) = 0.0015.
  expect(mean).toBeGreaterThan(0.25 - 0.006)
  expect(mean).toBeLessThan(0.25 + 0.006)
})
