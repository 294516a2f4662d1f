import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TokenNoise, uniformAt } from './random.js'

test('gives distinct numbers that are uniform in [0, 1)', () => {
  const numbers = Array.from({ length: 1000 }, (_, index) => uniformAt(-3, index))
  expect(new Set(numbers).size).toBe(1000)
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true)
  expect(Math.abs(numbers.reduce((sum, number) => sum + number) / 1000 - 0.5)).toBeLessThan(0.03)
})

/** The largest distance between the shares of numbers below x and x (Kolmogorov and Smirnov). */
function distanceFromUniform(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return Math.max(...sorted.map((number, i) => Math.abs((i + 0.5) / sorted.length - number)))
}

const count = 20_000
/** Exceeded with a probability of 1e-6. */
const limit = 2.7 / Math.sqrt(count)

test.each([
  ['ids', (i: number) => new TokenNoise(7, 3).of(i)],
  ['positions', (i: number) => new TokenNoise(7, i).of(3)],
  ['seeds', (i: number) => new TokenNoise(i, 7).of(3)],
])('the noise is uniform over %s, and independent of its neighbour', (_, at) => {
  const numbers = Array.from({ length: count }, (_, i) => at(i))
  expect(distanceFromUniform(numbers)).toBeLessThan(limit)
  // The sum of two independent numbers, modulo 1, is uniform; so is their difference.
  const next = (i: number) => numbers[(i + 1) % count] ?? 0
  expect(distanceFromUniform(numbers.map((number, i) => (number + next(i)) % 1))).toBeLessThan(limit)
  expect(distanceFromUniform(numbers.map((number, i) => (1 + number - next(i)) % 1))).toBeLessThan(limit)
})

test('the rough number of a token is at most 2^-32 below its number', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.nat(), fc.nat(), (seed, index, id) => {
      const noise = new TokenNoise(seed, index)
      const difference = noise.of(id) - noise.roughlyOf(id)
      expect(difference).toBeGreaterThanOrEqual(0)
      expect(difference).toBeLessThan(2 ** -32)
      expect(noise.of(id)).toBeLessThan(1)
    }),
  )
})
