import type { Readout as WireReadout, Readout__Output as WireReadout__Output } from './generated/tandem/v1/Readout.js'
import type { Row as WireRow, Row__Output as WireRow__Output } from './generated/tandem/v1/Row.js'
import type { Rows__Output as WireRows__Output } from './generated/tandem/v1/Rows.js'
import type { Scores__Output as WireScores__Output } from './generated/tandem/v1/Scores.js'
import type { StepResponse } from './generated/tandem/v1/StepResponse.js'
import type { CompactRow, Readout, Row, Rows, Scores } from './readout.js'
import { toBytes, toFloat32Array, toUint32Array } from './scores-bytes.js'

const wireRows = { none: 'ROWS_NONE', last: 'ROWS_LAST', all: 'ROWS_ALL' } as const

/** Converts the choice of rows to its enum value. */
export const toWireRows = (rows: Rows): WireRows__Output => wireRows[rows]

/** Converts an enum value to the choice of rows. Returns null for a value outside of the enum. */
export function fromWireRows(rows: WireRows__Output): Rows | null {
  switch (rows) {
    case 'ROWS_NONE':
      return 'none'
    case 'ROWS_LAST':
      return 'last'
    case 'ROWS_ALL':
      return 'all'
    default:
      return null
  }
}

/** Converts a readout to its message. */
export function toWireReadout(readout: Readout): WireReadout {
  switch (readout.kind) {
    case 'candidates':
      return { candidates: { alpha: readout.alpha, exclude: [...readout.exclude] } }
    case 'gather':
      return { gather: { rows: readout.rows.map((ids) => ({ ids: [...ids] })) } }
    case 'top-k':
      return { topK: { k: readout.k } }
    case 'full':
      return { full: {} }
  }
}

/** Converts a received readout. Does not check its values. Returns null if it has no kind. */
export function fromWireReadout({ candidates, gather, topK, full }: WireReadout__Output): Readout | null {
  if (candidates) return { kind: 'candidates', alpha: candidates.alpha, exclude: Uint32Array.from(candidates.exclude) }
  if (gather) return { kind: 'gather', rows: gather.rows.map(({ ids }) => Uint32Array.from(ids)) }
  if (topK) return { kind: 'top-k', k: topK.k }
  return full ? { kind: 'full' } : null
}

/** Converts a row to its message, without a copy. Do not change the row before it is sent. */
export function toWireRow({ logSumExp, max, scores }: CompactRow): WireRow {
  return {
    logSumExp,
    max,
    scores: scores.map(({ tokenIds, logits }) => ({
      logits: toBytes(logits),
      ...(tokenIds === null ? {} : { tokenIds: toBytes(tokenIds) }),
    })),
  }
}

/** Returns the bytes of the rows of a response. */
export function responseBytes({ results = [] }: StepResponse): number {
  const scores = results.flatMap(({ rows = [] }) => rows.flatMap((row) => row.scores ?? []))
  return scores.reduce((sum, { logits, tokenIds }) => sum + (logits?.length ?? 0) + (tokenIds?.length ?? 0), 0)
}

/**
 * Converts a received row, and adds the token ids to its logits.
 * @param index index of the row, which selects its list of gathered ids
 * @throws RangeError if the row does not match the readouts
 */
export function fromWireRow(row: WireRow__Output, index: number, readouts: readonly Readout[]): Row {
  if (row.scores.length !== readouts.length)
    throw new RangeError(`expected ${readouts.length} scores in a row, found ${row.scores.length}`)
  const scores = readouts.map((readout, i) => fromWireScores(row.scores[i], index, readout))
  return { logSumExp: row.logSumExp, max: row.max, scores }
}

function fromWireScores(scores: WireScores__Output | undefined, index: number, readout: Readout): Scores {
  const logits = toFloat32Array(scores?.logits ?? new Uint8Array())
  const tokenIds = idsOf(scores, index, readout, logits.length)
  if (tokenIds.length !== logits.length)
    throw new RangeError(`expected one logit for each of ${tokenIds.length} ids, found ${logits.length}`)
  return { tokenIds, logits }
}

function idsOf(scores: WireScores__Output | undefined, index: number, readout: Readout, count: number): Uint32Array {
  if (readout.kind === 'full') return Uint32Array.from({ length: count }, (_, id) => id)
  if (readout.kind === 'gather') return Uint32Array.from(readout.rows[index] ?? readout.rows[0] ?? [])
  return toUint32Array(scores?.tokenIds ?? new Uint8Array())
}
