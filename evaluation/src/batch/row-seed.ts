import { createHash } from 'node:crypto'

/**
 * The seed of a row, from the seed of the run and the row's numbers. A row has the same seed in
 * every shard and after every resumption. It has at most 53 bits, which every JSON parser keeps.
 * @param parts e.g. the index of the prompt and of the sample
 */
export function rowSeed(runSeed: number, ...parts: readonly (number | string)[]): number {
  const digest = createHash('sha256')
    .update(JSON.stringify([runSeed, ...parts]))
    .digest()
  return Number(digest.readBigUInt64BE() >> 11n)
}
