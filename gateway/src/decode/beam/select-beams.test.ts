import { expect, test } from 'vitest'
import { selectBeams } from './select-beams.js'

const [end, stop] = [0, 4]
const isEnd = (id: number) => id === end || id === stop
const ranked = (...ids: number[]) => ids.map((id, i) => ({ parent: 0, id, score: -i }))
const idsOf = (best: number[], width: number) => {
  const { live, finished } = selectBeams(ranked(...best), width, isEnd)
  return { live: live.map(({ id }) => id), finished: finished.map(({ id }) => id) }
}

test('finishes a beam at an end token among the best, and another token fills its place', () => {
  expect(idsOf([1, end, 2, 3], 2)).toEqual({ live: [1, 2], finished: [end] })
})

test('drops an end token that ranks below the best', () => {
  expect(idsOf([1, 2, end, 3], 2)).toEqual({ live: [1, 2], finished: [] })
})

test('finishes two beams at two end tokens, and keeps fewer live beams', () => {
  expect(idsOf([end, stop, 3], 2)).toEqual({ live: [3], finished: [end, stop] })
  expect(idsOf([end, stop], 2)).toEqual({ live: [], finished: [end, stop] })
})
