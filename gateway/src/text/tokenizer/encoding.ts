import { appendIds } from './models/append-ids.js'
import type { PieceModel } from './models/piece-model.js'
import type { Work } from './work.js'

/** Units of work between two yields: about a millisecond. A character of a piece is one. */
const unitsPerStep = 2_048
/** Units of a section: it is cut, normalized, searched for tokens and divided into pieces. */
const unitsPerSection = 16

/** The ids of a text, while it is encoded. */
export class Encoding {
  readonly ids: number[] = []
  private readonly model: PieceModel
  private units = 0

  /** @param model encodes the pieces */
  constructor(model: PieceModel) {
    this.model = model
  }

  /** Appends an added token. */
  *addToken(id: number): Work<void> {
    this.ids.push(id)
    if (this.isDue(unitsPerSection)) yield
  }

  /** Appends the ids of the pieces of one section. */
  *addPieces(pieces: Iterable<string>): Work<void> {
    if (this.isDue(unitsPerSection)) yield
    for (const piece of pieces) {
      if (piece === '') continue
      const ids = yield* this.model(piece)
      if (ids.length <= unitsPerStep) for (const id of ids) this.ids.push(id)
      else yield* appendIds(this.ids, ids)
      if (this.isDue(1 + piece.length)) yield
    }
  }

  /** Counts work. Returns whether a step is done. */
  private isDue(units: number): boolean {
    this.units += units
    if (this.units < unitsPerStep) return false
    this.units = 0
    return true
  }
}
