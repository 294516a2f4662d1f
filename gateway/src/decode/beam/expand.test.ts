import { expect, test } from 'vitest'
import { expand } from './expand.js'

const next = (scores: Readonly<Record<number, number>>) => ({
  tokenIds: Uint32Array.from(Object.keys(scores), Number),
  scores: Float64Array.from(Object.values(scores)),
})

test('ranks the continuations of all beams together, by their sums', () => {
  const beams = [
    { score: -1, next: next({ 0: -0.5, 3: -2 }) },
    { score: -2, next: next({ 1: -0.25, 4: -3 }) },
  ]
  expect(expand(beams, 3)).toEqual([
    { parent: 0, id: 0, score: -1.5 },
    { parent: 1, id: 1, score: -2.25 },
    { parent: 0, id: 3, score: -3 },
  ])
})

test('breaks ties by the earlier beam, then by the lower id', () => {
  const beams = [
    { score: -2, next: next({ 3: -1, 2: -1 }) },
    { score: -1, next: next({ 0: -2, 1: -1 }) },
  ]
  expect(expand(beams, 4).map(({ parent, id }) => [parent, id])).toEqual([
    [1, 1],
    [0, 2],
    [0, 3],
    [1, 0],
  ])
})

test('keeps at most `count` continuations of one beam', () => {
  const [first, second] = [
    { score: 0, next: next({ 0: -1, 1: -2, 2: -3, 3: -4, 4: -5 }) },
    { score: -3.5, next: next({ 0: 0 }) },
  ]
  expect(expand([first, second], 4).map(({ score }) => score)).toEqual([-1, -2, -3, -3.5])
})

test('throws if a score is not a number or if there is no continuation', () => {
  expect(() => expand([{ score: 0, next: next({ 2: Number.NaN }) }], 2)).toThrow('the score of token 2 is not a number')
  expect(() => expand([{ score: 0, next: next({}) }], 2)).toThrow('found no token to choose from')
})
