import { expect, test } from 'vitest'
import { normalizedScore, rank } from './rank.js'

const beam = (name: string, score: number, length: number) => ({ name, score, length })
const namesOf = (...parameters: Parameters<typeof rank<ReturnType<typeof beam>>>) =>
  rank(...parameters).map(({ name }) => name)

test('the length penalty divides', () => {
  expect(normalizedScore({ score: -6, length: 4 }, 1)).toBe(-1.5)
  expect(normalizedScore({ score: -6, length: 4 }, 0)).toBe(-6)
  expect(normalizedScore({ score: -6, length: 4 }, 0.5)).toBe(-3)
})

test('by means the longer one can win, by sums the shorter', () => {
  const finished = [beam('short', -2, 1), beam('long', -3, 3)]
  expect(namesOf(finished, [], { width: 2, lengthPenalty: 1 })).toEqual(['long', 'short'])
  expect(namesOf(finished, [], { width: 2, lengthPenalty: 0 })).toEqual(['short', 'long'])
})

test('live beams join where fewer than `width` have finished, behind those that tie with them', () => {
  const [finished, live] = [[beam('finished', -2, 2)], [beam('live', -2, 2), beam('better', -1, 2)]]
  expect(namesOf(finished, live, { width: 2, lengthPenalty: 1 })).toEqual(['better', 'finished', 'live'])
  expect(namesOf(finished, live, { width: 1, lengthPenalty: 1 })).toEqual(['finished'])
})
