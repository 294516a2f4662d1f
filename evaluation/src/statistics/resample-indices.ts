import { createRandomIndex, type RandomIndex } from './random-index.js'

/** The places that resamples draw: those of the first resample, then those of the second, ... */
export type ResampleIndices = Uint16Array

/** Maximum number of indices in memory: 32 MB. 10,000 resamples of 1,600 values fit. */
const maxIndices = 2 ** 24
/** Maximum number of values that an index of 16 bits can name. */
const maxValues = 2 ** 16

interface Drawn {
  readonly randomIndex: RandomIndex
  indices: ResampleIndices
}

/** By the number of values and the seed. The least recently used one comes first. */
const cache = new Map<string, Drawn>()

/**
 * Returns the indices that `createRandomIndex(seed)` draws for resamples of so many values. A
 * report draws the same ones for each of its statistics, so they are kept.
 * @returns null if they would take too much memory
 */
export function resampleIndices(values: number, resamples: number, seed: number): ResampleIndices | null {
  const needed = values * resamples
  if (needed > maxIndices || values > maxValues) return null
  const key = `${values} ${seed}`
  const drawn = cache.get(key) ?? { randomIndex: createRandomIndex(seed), indices: new Uint16Array() }
  if (drawn.indices.length < needed) drawn.indices = extend(drawn, values, needed)
  cache.delete(key)
  cache.set(key, drawn)
  evict()
  return drawn.indices.subarray(0, needed)
}

/** Draws more indices after those that are there. */
function extend({ indices, randomIndex }: Drawn, values: number, length: number): ResampleIndices {
  const extended = new Uint16Array(length)
  extended.set(indices)
  for (let i = indices.length; i < length; i++) extended[i] = randomIndex(values)
  return extended
}

function evict(): void {
  let total = [...cache.values()].reduce((sum, { indices }) => sum + indices.length, 0)
  for (const [key, { indices }] of cache) {
    if (total <= maxIndices) return
    cache.delete(key)
    total -= indices.length
  }
}
