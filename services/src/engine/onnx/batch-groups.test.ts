import { expect, test } from 'vitest'
import { groupForwards } from './batch-groups.js'

const costs = { weightBytes: 1000, slotBytes: 10, tokenBytes: 500 }
const items = (...sizes: [position: number, tokens: number][]) =>
  sizes.map(([position, tokens]) => ({ position, tokens }))

test('sessions of about the same length run together, in any order', () => {
  expect(groupForwards(items([60, 1], [20, 1], [40, 1]), costs)).toEqual([[1, 2, 0]])
})

test('a session runs apart if padding the others to its length costs more than the weights', () => {
  expect(groupForwards(items([20, 1], [500, 1], [30, 1]), costs)).toEqual([[0, 2], [1]])
  expect(groupForwards(items([0, 1], [99, 1]), costs)).toEqual([[0, 1]])
  expect(groupForwards(items([0, 1], [101, 1]), costs)).toEqual([[0], [1]])
})

test('many short sessions are not padded to a long one, although the padding of each one would pay', () => {
  expect(groupForwards(items([0, 1], [0, 1], [0, 1], [60, 1]), costs)).toEqual([[0, 1, 2], [3]])
})

test('chunks run together with chunks of about the same number of tokens', () => {
  expect(groupForwards(items([9, 4], [9, 1], [9, 4], [9, 1]), costs)).toEqual([
    [1, 3],
    [0, 2],
  ])
  expect(groupForwards(items([9, 1], [9, 2]), costs)).toEqual([[0, 1]])
})

test('no forwards give no runs', () => {
  expect(groupForwards([], costs)).toEqual([])
})
