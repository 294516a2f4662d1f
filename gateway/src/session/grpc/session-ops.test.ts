import { expect, test } from 'vitest'
import { joinSessionOps, toSessionOps } from './session-ops.js'

const ids = ['a', 'b', 'c', 'd']

test('forks one sequence into four and moves nothing', () => {
  expect(toSessionOps(ids, 1, [0, 0, 0, 0])).toEqual({
    forks: ['b', 'c', 'd'].map((toSessionId) => ({ fromSessionId: 'a', toSessionId })),
    reorder: null,
    closeSessionIds: [],
  })
})

test('moves beams by one reorder, and by none if they stay the same', () => {
  expect(toSessionOps(ids, 4, [2, 0, 0, 3])).toEqual({
    forks: [],
    reorder: { sessionIds: ids, parents: [2, 0, 0, 3] },
    closeSessionIds: [],
  })
  expect(toSessionOps(ids, 4, [0, 1, 2, 3])).toEqual({ forks: [], reorder: null, closeSessionIds: [] })
})

test('forks new sessions before it reorders the others', () => {
  expect(toSessionOps(ids, 2, [1, 1, 0])).toEqual({
    forks: [{ fromSessionId: 'a', toSessionId: 'c' }],
    reorder: { sessionIds: ['a', 'b'], parents: [1, 1] },
    closeSessionIds: [],
  })
})

test('gives closed sessions parents without children, so that they cost no copy', () => {
  expect(toSessionOps(ids, 4, [3, 3])).toEqual({
    forks: [],
    reorder: { sessionIds: ids, parents: [3, 3, 0, 1] },
    closeSessionIds: ['c', 'd'],
  })
})

test('joins the operations of two models and shifts the parents of the second', () => {
  const sft = toSessionOps(['a', 'b', 'c'], 2, [1, 1, 0])
  const dpo = toSessionOps(['x', 'y'], 2, [1])
  expect(joinSessionOps([sft, dpo])).toEqual({
    forks: [{ fromSessionId: 'a', toSessionId: 'c' }],
    reorder: { sessionIds: ['a', 'b', 'x', 'y'], parents: [1, 1, 3, 2] },
    closeSessionIds: ['y'],
  })
  const forks = toSessionOps(['s', 't'], 1, [0, 0])
  expect(joinSessionOps([forks, dpo])?.reorder).toEqual(dpo.reorder)
  expect(joinSessionOps([dpo])).toEqual(dpo)
  expect(joinSessionOps([])).toBeNull()
})
