import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { correlate } from './correlation.js'
import { histogram } from './histogram.js'
import { summarize } from './summary.js'

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 })

describe('histogram', () => {
  it('counts by hand: IQR 2 of 8 values gives bins of 2', () => {
    const bins = histogram([-2, -1, -1, 0, 0, 1, 1, 2])
    expect(bins).toEqual([
      { low: -2, high: 0, count: 3 },
      { low: 0, high: 2, count: 5 },
    ])
  })

  it.each([
    { of: [3, 3, 3], bins: [{ low: 3, high: 6, count: 3 }] },
    { of: [-3], bins: [{ low: -3, high: 0, count: 1 }] },
    { of: [0, 0], bins: [{ low: 0, high: 1, count: 2 }] },
  ])('has one bin for $of', ({ of, bins }) => {
    expect(histogram(of)).toEqual(bins)
  })

  it('counts every value once, in at most 60 bins, none of which holds both signs', () => {
    fc.assert(
      fc.property(values, (list) => {
        const bins = histogram(list)
        expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(list.length)
        expect(bins.length).toBeLessThanOrEqual(60)
        for (const { low, high } of bins) expect(low < 0 && high > 0).toBe(false)
      }),
    )
  })

  it('keeps its limit with a far outlier', () => {
    expect(histogram([...Array.from({ length: 99 }, (_, i) => i / 100), 1e9]).length).toBeLessThanOrEqual(60)
  })

  it('refuses no values and NaN', () => {
    expect(() => histogram([])).toThrow(/^values is empty/)
    expect(() => histogram([Number.NaN])).toThrow(/^values\[0\] is NaN/)
  })
})

describe('summarize', () => {
  it('summarizes by hand', () => {
    expect(summarize('lengths', [4, 1, 3, 2])).toEqual({
      count: 4,
      mean: 2.5,
      deviation: Math.sqrt(5 / 3),
      min: 1,
      lowerQuartile: 1.75,
      median: 2.5,
      upperQuartile: 3.25,
      max: 4,
    })
    expect(summarize('lengths', [7])).toMatchObject({ mean: 7, deviation: null, median: 7 })
    expect(() => summarize('lengths', [])).toThrow(/^lengths is empty/)
  })
})

describe('correlate', () => {
  it('finds lines and other orders', () => {
    expect(correlate([1, 2, 3], [10, 20, 30]).pearson).toBeCloseTo(1, 12)
    expect(correlate([1, 2, 3], [30, 20, 10]).spearman).toBeCloseTo(-1, 12)
    expect(correlate([1, 2, 3, 4], [1, 10, 100, 1000]).spearman).toBeCloseTo(1, 12)
  })

  it('says why there is no correlation', () => {
    expect(correlate([1, 1, 1], [1, 2, 3])).toMatchObject({ pearson: null, reason: 'all values of a list are equal' })
    expect(correlate([1, 2], [1, 2]).reason).toBe('a correlation needs at least three values')
    expect(() => correlate([1, 2, Number.NaN], [1, 2, 3])).toThrow(/^first\[2\] is NaN/)
    expect(() => correlate([1], [1, 2])).toThrow(/^The lists have 1 and 2 values/)
  })

  it('lies between -1 and 1 and does not depend on units', () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: -50, max: 50 })), {
      minLength: 3,
    })
    fc.assert(
      fc.property(pairs, (list) => {
        const [first, second] = [list.map(([a]) => a), list.map(([, b]) => b)]
        const { pearson, spearman } = correlate(first, second)
        if (pearson === null || spearman === null) return
        expect(Math.abs(pearson)).toBeLessThanOrEqual(1 + 1e-9)
        expect(Math.abs(spearman)).toBeLessThanOrEqual(1 + 1e-9)
        const scaled = correlate(
          first.map((value) => 2 * value + 5),
          second,
        )
        expect(scaled.pearson).toBeCloseTo(pearson, 9)
        expect(scaled.spearman).toBeCloseTo(spearman, 9)
      }),
    )
  })
})
