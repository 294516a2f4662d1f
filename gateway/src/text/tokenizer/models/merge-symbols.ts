import type { Work } from '../work.js'
import { MergeQueue } from './merge-queue.js'

/** The merges of a BPE model. */
export interface Merges {
  /** Returns the rank of a pair of ids, or -1 if it has no merge. */
  rankOf(left: number, right: number): number
  /** The id that each merge makes, by its rank. */
  readonly madeIds: Int32Array
}

/** Symbols or merges between two yields: about a millisecond. */
const symbolsPerStep = 2_048
const gone = -1

/**
 * Merges adjacent symbols until none has a merge, always the one with the lowest rank first, then
 * the leftmost: the algorithm of the Rust library's `Word::merge_all`. It takes n log n time for n
 * symbols.
 * @param symbols ids, which it changes
 * @returns the merged ids
 */
export function* mergeSymbols(symbols: Int32Array, merges: Merges): Work<number[]> {
  const count = symbols.length
  const next = new Int32Array(count)
  const previous = new Int32Array(count)
  const queue = new MergeQueue(count)
  const rankAt = (position: number): number => {
    const right = next[position] as number
    return right >= count ? gone : merges.rankOf(symbols[position] as number, symbols[right] as number)
  }
  const enqueue = (position: number): void => {
    const rank = rankAt(position)
    if (rank >= 0) queue.push(rank, position)
  }
  for (let position = 0; position < count; position++) {
    next[position] = position + 1
    previous[position] = position - 1
    enqueue(position)
    if (position % symbolsPerStep === symbolsPerStep - 1) yield
  }
  for (let steps = 1; !queue.isEmpty; steps++) {
    const [rank, position] = queue.pop()
    const made = merges.madeIds[rank] as number
    if (symbols[position] !== gone && isCurrent(rankAt(position), made, merges)) {
      const right = next[position] as number
      const after = next[right] as number
      symbols[position] = made
      symbols[right] = gone
      next[position] = after
      if (after < count) previous[after] = position
      const before = previous[position] as number
      if (before >= 0) enqueue(before)
      enqueue(position)
    }
    if (steps % symbolsPerStep === 0) yield
  }
  return Array.from(symbols).filter((id) => id !== gone)
}

/** As in the Rust library, an entry is current if the pair at its position makes the same id. */
function isCurrent(rank: number, made: number, merges: Merges): boolean {
  return rank >= 0 && merges.madeIds[rank] === made
}
