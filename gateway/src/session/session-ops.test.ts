import { expect, test } from 'vitest'
import { joinDeals, toDeal } from './session-ops.js'

const ids = ['a', 'b', 'c', 'd']

test('one sequence becomes four: forks, and nothing is moved', () => {
  expect(toDeal(ids, 1, [0, 0, 0, 0])).toEqual({
    forks: ['b', 'c', 'd'].map((toSessionId) => ({ fromSessionId: 'a', toSessionId })),
    reorder: null,
    closeSessionIds: [],
  })
})

test('beams are dealt anew by one reorder; where they stay as they are there is none', () => {
  expect(toDeal(ids, 4, [2, 0, 0, 3])).toEqual({
    forks: [],
    reorder: { sessionIds: ids, parents: [2, 0, 0, 3] },
    closeSessionIds: [],
  })
  expect(toDeal(ids, 4, [0, 1, 2, 3])).toEqual({ forks: [], reorder: null, closeSessionIds: [] })
})

test('new ones are copied before the others are dealt anew', () => {
  expect(toDeal(ids, 2, [1, 1, 0])).toEqual({
    forks: [{ fromSessionId: 'a', toSessionId: 'c' }],
    reorder: { sessionIds: ['a', 'b'], parents: [1, 1] },
    closeSessionIds: [],
  })
})

test('what is closed keeps what nobody goes on from, so that it costs no copy', () => {
  expect(toDeal(ids, 4, [3, 3])).toEqual({
    forks: [],
    reorder: { sessionIds: ids, parents: [3, 3, 0, 1] },
    closeSessionIds: ['c', 'd'],
  })
})

test('deals of two models are one: parents of the second stand behind those of the first', () => {
  const sft = toDeal(['a', 'b', 'c'], 2, [1, 1, 0])
  const dpo = toDeal(['x', 'y'], 2, [1])
  expect(joinDeals([sft, dpo])).toEqual({
    forks: [{ fromSessionId: 'a', toSessionId: 'c' }],
    reorder: { sessionIds: ['a', 'b', 'x', 'y'], parents: [1, 1, 3, 2] },
    closeSessionIds: ['y'],
  })
  const forks = toDeal(['s', 't'], 1, [0, 0])
  expect(joinDeals([forks, dpo])?.reorder).toEqual(dpo.reorder)
  expect(joinDeals([dpo])).toEqual(dpo)
  expect(joinDeals([])).toBeNull()
})
