import { expect, it } from 'vitest'
import { bootstrapMeans, drawnMeans } from './bootstrap-means.js'
import { createRandomIndex } from './random-index.js'
import { resampleIndices } from './resample-indices.js'

const next = createRandomIndex(9)
const scores = (count: number) => Array.from({ length: count }, () => next(1_000_000) / 3e5 - 1)

it.each([
  [1, 4],
  [2, 1],
  [3, 7],
  [50, 10],
  [805, 6],
  [805, 3],
])('%d values: the means of %d resamples are the same bits as if each index were drawn', (count, resamples) => {
  const values = scores(count)
  for (const seed of [1, 2])
    expect(bootstrapMeans(values, resamples, seed)).toEqual(drawnMeans(Float64Array.from(values), resamples, seed))
})

it('more values than an index can name are drawn', () => {
  expect(resampleIndices(2 ** 16, 1, 1)?.length).toBe(2 ** 16)
  expect(resampleIndices(2 ** 16 + 1, 1, 1)).toBeNull()
  const values = scores(2 ** 16 + 1)
  expect(bootstrapMeans(values, 2, 1)).toEqual(drawnMeans(Float64Array.from(values), 2, 1))
})

it('fewer resamples are the first ones, whatever was drawn before and dropped', () => {
  const drawn = Uint16Array.from(resampleIndices(700, 8, 3) ?? [])
  expect(resampleIndices(700, 5, 3)).toEqual(drawn.subarray(0, 5 * 700))
  // Together they take more than the memory for indices.
  for (const values of [1000, 1001]) resampleIndices(values, 16_000, 3)
  expect(resampleIndices(700, 16, 3)?.subarray(0, drawn.length)).toEqual(drawn)
  expect(resampleIndices(1000, 17_000, 3)).toBeNull()
})
