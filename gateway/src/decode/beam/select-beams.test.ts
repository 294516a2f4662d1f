import { expect, test } from 'vitest'
import { settle } from './select-beams.js'

const [end, stop] = [0, 4]
const isEnd = (id: number) => id === end || id === stop
const ranked = (...ids: number[]) => ids.map((id, i) => ({ parent: 0, id, score: -i }))
const idsOf = (best: number[], width: number) => {
  const { live, finished } = settle(ranked(...best), width, isEnd)
  return { live: live.map(({ id }) => id), finished: finished.map(({ id }) => id) }
}

test('an end token among the best finishes its beam, and another token takes its place', () => {
  expect(idsOf([1, end, 2, 3], 2)).toEqual({ live: [1, 2], finished: [end] })
})

test('an end token below the best is dropped', () => {
  expect(idsOf([1, 2, end, 3], 2)).toEqual({ live: [1, 2], finished: [] })
})

test('two end tokens finish two beams; what is left lives on, though fewer', () => {
  expect(idsOf([end, stop, 3], 2)).toEqual({ live: [3], finished: [end, stop] })
  expect(idsOf([end, stop], 2)).toEqual({ live: [], finished: [end, stop] })
})
