import { expect, test } from 'vitest'
import { uniformAt } from './random.js'

test('gives distinct numbers that are uniform in [0, 1)', () => {
  const numbers = Array.from({ length: 1000 }, (_, index) => uniformAt(-3, index))
  expect(new Set(numbers).size).toBe(1000)
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true)
  expect(Math.abs(numbers.reduce((sum, number) => sum + number) / 1000 - 0.5)).toBeLessThan(0.03)
})
