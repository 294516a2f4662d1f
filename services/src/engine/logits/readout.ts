import { invalidArgument } from '../../errors.js'
import type { Best, CutRow } from './logits-row.js'
import { topK } from './top-k.js'
import { byLogit, gatherLogits, idsAtLeast, maxOf } from './vector.js'

export type Readout =
  | { kind: 'candidates'; alpha: number; exclude: Uint32Array }
  /** One list of ids for each row, or one for all. */
  | { kind: 'gather'; rows: Uint32Array[] }
  | { kind: 'top-k'; k: number }
  | { kind: 'full' }

export interface Scores {
  /** null where the asker knows the ids: gather, full. */
  tokenIds: Uint32Array | null
  logits: Float32Array
}

export interface RowReadout {
  logSumExp: number
  max: number
  /** One for each readout, in their order. */
  scores: Scores[]
}

/** Pure functions from one row of logits to what was asked about it. */

/** @param rowIndex which of the rows read out this is: gather may name ids for each */
export function readRow(row: CutRow, readouts: readonly Readout[], rowIndex: number): RowReadout {
  const { max, logSumExp } = row
  return { logSumExp, max, scores: readouts.map((readout) => readScores(row, readout, rowIndex)) }
}

function readScores({ logits, max, best }: CutRow, readout: Readout, rowIndex: number): Scores {
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

/** `candidates` from the best ids alone; null where some of it may stand behind them. @param rowSize ids of the whole row */
function candidatesOfBest(best: Best, rowSize: number, alpha: number, exclude: Uint32Array): Scores | null {
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
 * V_alpha (paper, eq. 9) without the excluded ids: logit >= max + ln(alpha), best first, ties by lowest id.
 * @param max of `logits`
 */
export function candidates(logits: Float32Array, max: number, alpha: number, exclude: Uint32Array): Uint32Array {
  if (exclude.length === 0) return ranked(logits, idsAtLeast(logits, max + Math.log(alpha)))
  const excluded = new Set(exclude)
  const best = maxWithout(logits, excluded)
  if (best === -Infinity)
    throw invalidArgument(`candidates.exclude names all ${logits.length} ids: none is left to choose from`)
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

function gather(logits: Float32Array, rows: readonly Uint32Array[], rowIndex: number): Float32Array {
  const ids = rows.length === 1 ? rows[0] : rows[rowIndex]
  if (ids === undefined)
    throw invalidArgument(
      `gather has ${rows.length} lists of ids, but row ${rowIndex} is read out: send one list, or one for each row`,
    )
  return gatherLogits(logits, ids)
}

/** Bytes of the arrays of a row's readouts, as they will lie in the message. */
export function readoutBytes(row: RowReadout): number {
  return row.scores.reduce((sum, s) => sum + s.logits.byteLength + (s.tokenIds?.byteLength ?? 0), 0)
}
