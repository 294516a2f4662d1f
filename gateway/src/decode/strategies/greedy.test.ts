import { expect, test } from 'vitest'
import { greedyDpo, greedySft } from './greedy.js'
import { pickInput } from './testing/pick-input.js'

test('breaks ties by the lowest id', () => {
  expect(greedySft.pick({}, pickInput([3, 2], [0.25, 0.25]))).toBe(2)
})

test('reads only its own model', () => {
  expect(greedySft.reads({}, [])).toMatchObject({ lead: 'sft', others: [] })
  expect(greedyDpo.reads({}, [])).toMatchObject({ lead: 'dpo', others: [] })
})
