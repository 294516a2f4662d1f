import { expect, it } from 'vitest'
import { quantile } from './quantile.js'

it('returns the value of the nearest rank', () => {
  expect([0, 0.5, 0.95, 1].map((share) => quantile([1, 2, 3, 4], share))).toEqual([1, 2, 4, 4])
  expect(quantile([7], 0.5)).toBe(7)
  expect(quantile([], 0.5)).toBe(0)
})
