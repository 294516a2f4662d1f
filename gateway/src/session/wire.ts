import {
  type Row__Output,
  type Scores__Output,
  toFloat32Array,
  toUint32Array,
  type Readout as WireReadout,
} from '@tandem/proto'
import type { Readout, Row, Scores } from './session.js'

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

/**
 * Converts a received row, and adds the token ids to its logits.
 * @param index index of the row, which selects its list of gathered ids
 * @throws RangeError if the row does not match the readouts
 */
export function fromWireRow(row: Row__Output, index: number, readouts: readonly Readout[]): Row {
  if (row.scores.length !== readouts.length)
    throw new RangeError(`expected ${readouts.length} scores in a row, found ${row.scores.length}`)
  const scores = readouts.map((readout, i) => fromWireScores(row.scores[i], index, readout))
  return { logSumExp: row.logSumExp, max: row.max, scores }
}

function fromWireScores(scores: Scores__Output | undefined, index: number, readout: Readout): Scores {
  const logits = toFloat32Array(scores?.logits ?? new Uint8Array())
  const tokenIds = idsOf(scores, index, readout, logits.length)
  if (tokenIds.length !== logits.length)
    throw new RangeError(`expected one logit for each of ${tokenIds.length} ids, found ${logits.length}`)
  return { tokenIds, logits }
}

function idsOf(scores: Scores__Output | undefined, index: number, readout: Readout, count: number): Uint32Array {
  if (readout.kind === 'full') return Uint32Array.from({ length: count }, (_, id) => id)
  if (readout.kind === 'gather') return Uint32Array.from(readout.rows[index] ?? readout.rows[0] ?? [])
  return toUint32Array(scores?.tokenIds ?? new Uint8Array())
}
