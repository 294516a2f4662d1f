import type { CompactRow, CompactScores, Readout, Scores, TokenIds } from '@tandem/proto'
import { invalidArgument } from '../../errors.js'
import type { Best, CutRow } from './logits-row.js'
import { topK } from './top-k.js'
import { byLogit, gatherLogits, idsAtLeast, maxOf } from './vector.js'

/**
 * logits/ reads rows of logits; it does not know engines or sessions.
 * This file has the pure functions from one row to the readouts that a step requests of it.
 */

/**
 * Answers all readouts of a row.
 * @param rowIndex index among the rows that are read out: gather may have a list of ids for each
 */
export function readRow(row: CutRow, readouts: readonly Readout[], rowIndex: number): CompactRow {
  const { max, logSumExp } = row
  return { logSumExp, max, scores: readouts.map((readout) => readScores(row, readout, rowIndex)) }
}

function readScores({ logits, max, best }: CutRow, readout: Readout, rowIndex: number): CompactScores {
  switch (readout.kind) {
    case 'candidates': {
      const { alpha, exclude } = readout
      return (
        (best && candidatesOfBest(best, logits.length, alpha, exclude)) ??
        withLogits(logits, candidates(logits, max, alpha, exclude))
      )
    }
    case 'gather':
      return { tokenIds: null, logits: gather(logits, readout.rows, rowIndex) }
    case 'top-k':
      if (best !== null && readout.k <= best.ids.length) return prefixOf(best, readout.k)
      return withLogits(logits, topK(logits, readout.k))
    case 'full':
      // A copy: the row stays with the session for later readouts.
      return { tokenIds: null, logits: logits.slice() }
  }
}

const withLogits = (logits: Float32Array, tokenIds: Uint32Array): Scores => ({
  tokenIds,
  logits: gatherLogits(logits, tokenIds),
})

const idsOf = ({ ids }: Best, count: number): Uint32Array => Uint32Array.from(ids.subarray(0, count), Number)

const prefixOf = (best: Best, count: number): Scores => ({
  tokenIds: idsOf(best, count),
  logits: best.logits.slice(0, count),
})

/**
 * Computes `candidates` from the best ids only.
 * @param rowSize number of ids in the whole row
 * @returns null if a candidate may be missing among the best ids
 */
function candidatesOfBest(best: Best, rowSize: number, alpha: number, exclude: TokenIds): Scores | null {
  const excluded = new Set(exclude)
  const ids = idsOf(best, best.ids.length)
  const isOpen = (_: number, i: number) => !excluded.has(ids[i] as number)
  const top = best.logits.find(isOpen)
  if (top === undefined) return null
  const threshold = top + Math.log(alpha)
  const below = best.logits.findIndex((logit) => logit < threshold)
  if (below < 0 && ids.length < rowSize) return null
  const end = below < 0 ? rowSize : below
  return { tokenIds: ids.subarray(0, end).filter(isOpen), logits: best.logits.subarray(0, end).filter(isOpen) }
}

/**
 * Computes V_alpha (paper, eq. 9) without the excluded ids: logit >= max + ln(alpha), best first,
 * ties by lowest id.
 * @param max the largest of `logits`
 * @throws ServiceError INVALID_ARGUMENT if all ids are excluded
 */
export function candidates(logits: Float32Array, max: number, alpha: number, exclude: TokenIds): Uint32Array {
  if (exclude.length === 0) return ranked(logits, idsAtLeast(logits, max + Math.log(alpha)))
  const excluded = new Set(exclude)
  const best = maxWithout(logits, excluded)
  if (best === -Infinity)
    throw invalidArgument(`candidates.exclude names all ${logits.length} ids: leave at least one to choose from`)
  const ids = idsAtLeast(logits, best + Math.log(alpha))
  return ranked(
    logits,
    ids.filter((id) => !excluded.has(id)),
  )
}

const ranked = (logits: Float32Array, ids: number[]) => Uint32Array.from(ids.sort(byLogit(logits)))

function maxWithout(logits: Float32Array, excluded: ReadonlySet<number>): number {
  const kept = logits.slice()
  for (const id of excluded) if (id < kept.length) kept[id] = -Infinity
  return maxOf(kept)
}

function gather(logits: Float32Array, rows: readonly TokenIds[], rowIndex: number): Float32Array {
  const ids = rows.length === 1 ? rows[0] : rows[rowIndex]
  if (ids === undefined)
    throw invalidArgument(
      `gather has ${rows.length} lists of ids, but row ${rowIndex} is read out: send one list, or one for each row`,
    )
  return gatherLogits(logits, ids)
}

/** Bytes that the arrays of a row's readouts take in the message. */
export function readoutBytes(row: CompactRow): number {
  return row.scores.reduce((sum, s) => sum + s.logits.byteLength + (s.tokenIds?.byteLength ?? 0), 0)
}
