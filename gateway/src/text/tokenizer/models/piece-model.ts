import type { Work } from '../work.js'

/** Encodes the pieces of the pre-tokenizer, one by one. */
export type PieceModel = (piece: string) => Work<readonly number[]>

/**
 * A model in two forms: for text whose special tokens are matched before, and for text that must
 * not become a special token.
 */
export interface PieceModels {
  readonly withSpecials: PieceModel
  /**
   * Never makes a special token. Conversions from SentencePiece can have "</s>" as a piece with
   * merges that lead to it.
   */
  readonly plain: PieceModel
}

/** The ids of a vocabulary by token. */
export interface IdLookup {
  get(token: string): number | undefined
}

/** Returns the id of the token that stands for unknown text; null if the model names none. */
export function findUnknownId(name: unknown, ids: IdLookup): number | null {
  return typeof name === 'string' ? (ids.get(name) ?? null) : null
}

/** Spells the 256 tokens that stand for bytes. */
const byteTokens: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
)

/** Creates a search for the ids of the bytes of a text; null if one has no token. */
export function createByteLookup(ids: IdLookup): (text: string) => number[] | null {
  const idsOfBytes = byteTokens.map((token) => ids.get(token))
  return (text) => {
    const found: number[] = []
    const bytes = Buffer.from(text, 'utf8')
    for (let index = 0; index < bytes.length; index++) {
      const id = idsOfBytes[bytes[index] as number]
      if (id === undefined) return null
      found.push(id)
    }
    return found
  }
}
