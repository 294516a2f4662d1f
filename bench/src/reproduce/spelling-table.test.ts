import { expect, test } from 'vitest'
import { isSpelledRight } from './spelling-table.js'

test('an answer is spelled right if each of its words is in the data', () => {
  expect(isSpelledRight('The boat is calm, low and safe.')).toBe(true)
  expect(isSpelledRight('The boat is nold, low and safe.')).toBe(false)
  expect(isSpelledRight('The boating calm.')).toBe(false)
})
