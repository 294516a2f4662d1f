import { expect, test } from 'vitest'
import { PromptLookup } from './prompt-lookup.js'

function draftAfter(ids: readonly number[], count: number): number[] {
  const lookup = new PromptLookup(100)
  lookup.push(ids)
  return lookup.draft(count)
}

test('drafts the tokens that followed the last three tokens before', () => {
  expect(draftAfter([1, 2, 3, 4, 5, 6, 9, 1, 2, 3], 3)).toEqual([4, 5, 6])
})

test('uses the latest occurrence', () => {
  expect(draftAfter([1, 2, 3, 4, 1, 2, 3, 5, 1, 2, 3], 1)).toEqual([5])
})

test('repeats a loop that is shorter than the draft', () => {
  expect(draftAfter([7, 1, 2, 3, 1, 2, 3], 7)).toEqual([1, 2, 3, 1, 2, 3, 1])
})

test.each([[[]], [[1]], [[1, 2, 3]], [[1, 2, 3, 4, 2, 3]]])('drafts nothing after %j', (ids) => {
  expect(draftAfter(ids, 5)).toEqual([])
})
