import { appendIds } from './models/append-ids.js'
import type { PieceModel } from './models/piece-model.js'
import type { Work } from './work.js'

/** Units of work between two yields: about a millisecond. A character of a piece is one. */
const unitsPerStep = 2_048
/** Units of a section of a text: it is cut, normalized, searched for tokens and divided into pieces. */
const unitsPerSection = 16

/** The ids of a text, while it is encoded. */
export class Encoding {
  readonly ids: number[] = []
  readonly #model: PieceModel
  #units = 0

  /** @param model encodes the pieces */
  constructor(model: PieceModel) {
    this.#model = model
  }

  /** Appends an added token. */
  *addToken(id: number): Work<void> {
    this.ids.push(id)
    yield* this.#count(unitsPerSection)
  }

  /** Appends the ids of the pieces of one section. */
  *addPieces(pieces: Iterable<string>): Work<void> {
    yield* this.#count(unitsPerSection)
    for (const piece of pieces) {
      if (piece === '') continue
      yield* appendIds(this.ids, yield* this.#model(piece))
      yield* this.#count(1 + piece.length)
    }
  }

  /** Counts work, and yields if a step is done. */
  *#count(units: number): Work<void> {
    this.#units += units
    if (this.#units < unitsPerStep) return
    this.#units = 0
    yield
  }
}
