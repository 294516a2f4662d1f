import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Returns a random whole number that is less than the limit. */
export type RandomIndex = (limit: number) => number

const range = 2 ** 32

/**
 * Creates a seeded source of random indices. Multiplying and rounding down favours some indices by
 * at most limit / 2^32, which is below what resamples can show.
 */
export function createRandomIndex(seed: number): RandomIndex {
  const generator = xoroshiro128plus(seed)
  return (limit) => Math.floor(((generator.next() >>> 0) / range) * limit)
}
