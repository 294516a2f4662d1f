import { expect, test } from 'vitest'
import { floorsOf, growthOf, slopeOf } from './slope.js'

const series = (values: readonly number[]) => values.map((value, i) => ({ at: 10 * i, value }))
const tolerance = { share: 0.05, absolute: 2 }

test('the slope of a line is its slope, whatever a few outliers are', () => {
  expect(slopeOf(series([0, 1, 2, 3, 4]))).toBeCloseTo(0.1)
  expect(slopeOf(series([100, 101, 5, 103, 104, 105, 900, 107, 108, 109]))).toBeCloseTo(0.1)
  expect(slopeOf(series([5]))).toBe(0)
})

test('flat: growth within the share of the median or the absolute tolerance', () => {
  expect(growthOf(series([100, 101, 102, 103, 104]), tolerance)).toEqual({ median: 102, growth: 4, isFlat: true })
  expect(growthOf(series([100, 102, 104, 106, 108]), tolerance)).toEqual({ median: 104, growth: 8, isFlat: false })
  expect(growthOf(series([1, 1, 2, 2, 3]), tolerance).isFlat).toBe(true)
  expect(growthOf(series([200, 150, 120, 100]), tolerance).isFlat).toBe(true)
})

test('floors are the least sample of each group', () => {
  expect(floorsOf(series([5, 3, 9, 4, 8, 7, 6]), 3)).toEqual([
    { at: 10, value: 3 },
    { at: 30, value: 4 },
    { at: 60, value: 6 },
  ])
  expect(floorsOf([], 3)).toEqual([])
})
