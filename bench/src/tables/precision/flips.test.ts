import { expect, test } from 'vitest'
import { flipRow, sumFlips } from './flips.js'

test('compares an answer up to its first different token', () => {
  const oracle = [[1, 2, 3], [4, 5, 6, 7], [8, 9], []]
  const found = [[1, 2, 3], [4, 0, 6, 7], [8, 9, 10], []]
  const flips = sumFlips(oracle, found)
  expect(flips).toEqual({ answers: 4, differing: 2, compared: 3 + 2 + 3 })
  expect(flipRow('lazy', flips)).toBe('| lazy | 2 of 4 | 8 | 250.0 |')
})
