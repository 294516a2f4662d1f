import { expect, test } from 'vitest'
import { PromptLookup } from './prompt-lookup.js'

function guessAfter(ids: readonly number[], count: number): number[] {
  const lookup = new PromptLookup(100)
  lookup.push(ids)
  return lookup.guess(count)
}

test('what followed the last three tokens before is guessed', () => {
  expect(guessAfter([1, 2, 3, 4, 5, 6, 9, 1, 2, 3], 3)).toEqual([4, 5, 6])
})

test('the latest occurrence counts', () => {
  expect(guessAfter([1, 2, 3, 4, 1, 2, 3, 5, 1, 2, 3], 1)).toEqual([5])
})

test('a loop is guessed round and round', () => {
  expect(guessAfter([7, 1, 2, 3, 1, 2, 3], 7)).toEqual([1, 2, 3, 1, 2, 3, 1])
})

test.each([[[]], [[1]], [[1, 2, 3]], [[1, 2, 3, 4, 2, 3]]])('%j: nothing to guess', (ids) => {
  expect(guessAfter(ids, 5)).toEqual([])
})
