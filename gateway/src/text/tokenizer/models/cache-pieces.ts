import type { PieceModel } from './piece-model.js'

const maxPieces = 10_000
/** Longer pieces seldom repeat. */
const maxLength = 64

/** Remembers the ids of short pieces, because words repeat. */
export function cachePieces(model: PieceModel): PieceModel {
  const known = new Map<string, readonly number[]>()
  return function* (piece) {
    const found = known.get(piece)
    if (found !== undefined) return found
    const ids = yield* model(piece)
    if (piece.length > maxLength) return ids
    if (known.size >= maxPieces) known.clear()
    known.set(piece, ids)
    return ids
  }
}
