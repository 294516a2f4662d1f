import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bestOfN, bestOfNByOracle } from './best-of-n.js'
import { bestOfNCurves } from './best-of-n-curves.js'

const score = fc.integer({ min: -20, max: 20 })
const pool = fc.array(fc.record({ oracle: score, picker: score }), { minLength: 1, maxLength: 20 })

/** Expects lists that differ only by rounding. */
const expectNear = (found: readonly number[], expected: readonly number[]) => {
  expect(found).toHaveLength(expected.length)
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 9)
}

it('computes the expected greatest of 1, 2 and 3 by hand', () => {
  // Of two: max(1,2), max(1,3), max(2,3) = 2, 3, 3.
  expectNear(bestOfNByOracle([3, 1, 2]), [2, 8 / 3, 3])
})

it('computes the expected oracle score of the picked sample by hand, with equal picker scores', () => {
  const samples = [
    { oracle: 10, picker: 1 },
    { oracle: 0, picker: 1 },
    { oracle: 4, picker: 0 },
  ]
  // Of two: {10, 0} gives 5, {10, 4} gives 10, {0, 4} gives 0. Of three: 5.
  expectNear(bestOfN(samples), [14 / 3, 5, 5])
})

it('refuses an empty pool and scores that are not numbers', () => {
  expect(() => bestOfN([])).toThrow(/^pool is empty/)
  expect(() => bestOfN([{ oracle: Number.NaN, picker: 1 }])).toThrow(/^oracle scores\[0\] is NaN/)
  expect(() => bestOfN([{ oracle: 1, picker: Number.NaN }])).toThrow(/^picker scores\[0\] is NaN/)
  expect(() => bestOfNCurves([])).toThrow(/^pools is empty/)
})

it('begins at the mean, ends at the best, and rises if the oracle picks', () => {
  fc.assert(
    fc.property(pool, (samples) => {
      const oracle = samples.map((sample) => sample.oracle)
      const curve = bestOfNByOracle(oracle)
      expect(curve[0]).toBeCloseTo(oracle.reduce((sum, value) => sum + value) / oracle.length, 9)
      expect(curve.at(-1)).toBeCloseTo(Math.max(...oracle), 9)
      for (const [i, value] of curve.slice(1).entries()) expect(value).toBeGreaterThanOrEqual((curve[i] ?? 0) - 1e-9)
      // No picker is better than the oracle.
      for (const [i, value] of bestOfN(samples).entries()) {
        expect(value).toBeLessThanOrEqual((curve[i] ?? 0) + 1e-9)
        expect(value).toBeGreaterThanOrEqual(Math.min(...oracle) - 1e-9)
      }
    }),
  )
})

it('is the same in another order and for another scale of the picker, and moves with the oracle', () => {
  fc.assert(
    fc.property(pool, (samples) => {
      const curve = bestOfN(samples)
      expectNear(bestOfN(samples.toReversed()), curve)
      expectNear(bestOfN(samples.map(({ oracle, picker }) => ({ oracle, picker: Math.exp(picker) }))), curve)
      const moved = bestOfN(samples.map(({ oracle, picker }) => ({ oracle: 3 * oracle + 1, picker })))
      expectNear(
        moved,
        curve.map((value) => 3 * value + 1),
      )
    }),
  )
})

it('averages over prompts, up to the smallest pool, with intervals over prompts', () => {
  const sample = (oracle: number) => ({ oracle, picker: -oracle })
  const curves = bestOfNCurves([
    [sample(1), sample(3)],
    [sample(2), sample(6), sample(4)],
  ])
  const valuesOf = (curve: typeof curves.oracle) => curve.map(({ value }) => value)
  expectNear(valuesOf(curves.oracle), [3, (3 + (4 + 6 + 6) / 3) / 2])
  // This picker prefers what the oracle likes least.
  expectNear(valuesOf(curves.picker), [3, (1 + (2 + 2 + 4) / 3) / 2])
  expect(curves.random).toMatchObject({ value: 3, count: 2 })
  expect(curves.oracle[1]?.interval?.low).toBeLessThan(curves.oracle[1]?.value ?? 0)
  expect(bestOfNCurves([[sample(1)]]).oracle[0]?.reason).toBe('one value has no spread')
})
