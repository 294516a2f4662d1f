import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pairedTTest } from './paired-t-test.js'
import { wilcoxonTest } from './wilcoxon-test.js'

const pairs = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 })), { minLength: 2 })

describe('pairedTTest', () => {
  it('computes t of differences 1, 2, 3 by hand', () => {
    // mean 2, standard deviation 1: t = 2 sqrt(3).
    // With 2 degrees of freedom p = 1 - t / sqrt(t^2 + 2).
    const t = 2 * Math.sqrt(3)
    const found = pairedTTest([1, 2, 3], [0, 0, 0])
    expect(found.statistic).toBeCloseTo(t, 12)
    expect(found.p).toBeCloseTo(1 - t / Math.sqrt(t * t + 2), 12)
  })

  it.each([
    { first: [1], second: [2], reason: 'a test needs at least two prompts' },
    { first: [], second: [], reason: 'a test needs at least two prompts' },
    { first: [1, 1], second: [1, 1], reason: 'all differences are equal' },
    { first: [0.3, 0.2], second: [0.2, 0.1], reason: 'all differences are equal' },
  ])('says why $first and $second cannot be tested', ({ first, second, reason }) => {
    expect(pairedTTest(first, second)).toEqual({ statistic: null, p: null, reason })
  })
})

describe('wilcoxonTest', () => {
  it('counts the sign patterns of three differences by hand', () => {
    // Positive ranks 1 and 3, negative rank 2: W = 2.
    // Sums of at most 2: 0, 1 and 2, so p = 2 * 3/8.
    expect(wilcoxonTest([1, 0, 3], [0, 2, 0])).toEqual({ statistic: 2, p: 0.75, reason: null })
  })

  it('drops equal scores, and cannot test if all are equal', () => {
    expect(wilcoxonTest([1, 0, 3, 7], [0, 2, 0, 7])).toEqual({ statistic: 2, p: 0.75, reason: null })
    expect(wilcoxonTest([1, 2], [1, 2])).toEqual({ statistic: null, p: null, reason: 'all differences are zero' })
  })

  it('is close to the normal approximation at the change to it', () => {
    const scores = Array.from({ length: 51 }, (_, i) => (i % 3 === 0 ? -1 : 1) * (i + 1))
    const zeros = scores.map(() => 0)
    const exact = wilcoxonTest(scores.slice(1), zeros.slice(1)).p ?? Number.NaN
    expect(Math.abs((wilcoxonTest(scores, zeros).p ?? Number.NaN) - exact)).toBeLessThan(0.02)
  })
})

it.each([
  { name: 'pairedTTest', test: pairedTTest },
  { name: 'wilcoxonTest', test: wilcoxonTest },
])('$name: p is a probability, and the same in other units, orders and directions', ({ test }) => {
  expect(() => test([1, Number.NaN], [1, 2])).toThrow(/^first\[1\] is NaN/)
  expect(() => test([1, 2, 3], [1, 2])).toThrow(/^The lists have 3 and 2 values/)
  fc.assert(
    fc.property(pairs, (scores) => {
      const [first, second] = [scores.map(([a]) => a), scores.map(([, b]) => b)]
      const { p } = test(first, second)
      if (p === null) return
      expect(p).toBeGreaterThan(0)
      expect(p).toBeLessThanOrEqual(1)
      const same = [
        test(second, first),
        test(first.toReversed(), second.toReversed()),
        test(
          first.map((score) => 8 * score + 3),
          second.map((score) => 8 * score + 3),
        ),
      ]
      for (const result of same) expect(result.p).toBeCloseTo(p, 9)
    }),
  )
})
