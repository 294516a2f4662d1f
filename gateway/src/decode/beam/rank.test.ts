import { expect, test } from 'vitest'
import { normalizedScore, rank } from './rank.js'

const beam = (name: string, score: number, length: number) => ({ name, score, length })
const namesOf = (...parameters: Parameters<typeof rank<ReturnType<typeof beam>>>) =>
  rank(...parameters).map(({ name }) => name)

test('divides the score by length ** penalty', () => {
  expect(normalizedScore({ score: -6, length: 4 }, 1)).toBe(-1.5)
  expect(normalizedScore({ score: -6, length: 4 }, 0)).toBe(-6)
  expect(normalizedScore({ score: -6, length: 4 }, 0.5)).toBe(-3)
})

test('can prefer the longer beam by means and the shorter one by sums', () => {
  const finished = [beam('short', -2, 1), beam('long', -3, 3)]
  expect(namesOf(finished, [], { width: 2, lengthPenalty: 1 })).toEqual(['long', 'short'])
  expect(namesOf(finished, [], { width: 2, lengthPenalty: 0 })).toEqual(['short', 'long'])
})

test('adds live beams if fewer than `width` have finished, after finished ones with the same score', () => {
  const [finished, live] = [[beam('finished', -2, 2)], [beam('live', -2, 2), beam('better', -1, 2)]]
  expect(namesOf(finished, live, { width: 2, lengthPenalty: 1 })).toEqual(['better', 'finished', 'live'])
  expect(namesOf(finished, live, { width: 1, lengthPenalty: 1 })).toEqual(['finished'])
})
