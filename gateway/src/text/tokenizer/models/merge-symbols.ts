import type { Work } from '../work.js'
import { MergeQueue } from './merge-queue.js'
import { SymbolChain } from './symbol-chain.js'

/** The merges of a BPE model. */
export interface Merges {
  /** Returns the rank of a pair of ids, or -1 if it has no merge. */
  rankOf(left: number, right: number): number
  /** The id that each merge makes, by its rank. */
  readonly madeIds: Int32Array
}

/** Symbols or merges between two yields: about a millisecond. */
const symbolsPerStep = 2_048

/**
 * Merges adjacent symbols until none has a merge, always the one with the lowest rank first, then
 * the leftmost: the algorithm of the Rust library's `Word::merge_all`. It takes n log n time for n
 * symbols.
 * @param symbols ids, which it changes
 * @returns the merged ids
 */
export function* mergeSymbols(symbols: Int32Array, merges: Merges): Work<number[]> {
  const chain = new SymbolChain(symbols)
  const queue = new MergeQueue(symbols.length)
  const rankAt = (position: number): number => {
    const pair = chain.pairAt(position)
    return pair === null ? -1 : merges.rankOf(pair[0], pair[1])
  }
  const enqueue = (position: number): void => {
    const rank = rankAt(position)
    if (rank >= 0) queue.push(rank, position)
  }
  for (let position = 0; position < symbols.length; position++) {
    enqueue(position)
    if (position % symbolsPerStep === symbolsPerStep - 1) yield
  }
  for (let steps = 1; !queue.isEmpty; steps++) {
    const [rank, position] = queue.pop()
    const made = merges.madeIds[rank] as number
    // As in the Rust library, an entry is current if the pair at its position makes the same id.
    if (merges.madeIds[rankAt(position)] === made) {
      const before = chain.merge(position, made)
      if (before >= 0) enqueue(before)
      enqueue(position)
    }
    if (steps % symbolsPerStep === 0) yield
  }
  if (symbols.length > symbolsPerStep) yield
  return chain.toIds()
}
