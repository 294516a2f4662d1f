import type { Work } from '../work.js'
import type { IdLookup } from './piece-model.js'

const charactersPerStep = 4_096

/** What a BPE model knows of single characters. */
export interface SymbolSource {
  readonly ids: IdLookup
  /** The id of characters without a token; null: they are left out. */
  readonly unknown: number | null
  /** Whether adjacent unknown characters become one id. */
  readonly fusesUnknown: boolean
  /** Added to the last character of a piece before its token is looked up. */
  readonly suffix: string
  /** The ids of a character's bytes; null if it has none. */
  bytesOf(character: string): readonly number[] | null
}

/**
 * Creates the reader of a piece's characters as ids: the first half of the Rust library's
 * `BPE::merge_word`. As there, an unknown character is written when the next known one comes, so
 * that the bytes of a character between them come first.
 */
export function createSymbolReader({ ids, unknown, fusesUnknown, suffix, bytesOf }: SymbolSource) {
  return function* (piece: string): Work<Int32Array> {
    const symbols: number[] = []
    let isUnknownPending = false
    let offset = 0
    let steps = 0
    for (const character of piece) {
      offset += character.length
      const name = offset === piece.length ? character + suffix : character
      const id = ids.get(name)
      const bytes = id === undefined ? bytesOf(name) : null
      if (id !== undefined) {
        if (isUnknownPending) symbols.push(unknown as number)
        isUnknownPending = false
        symbols.push(id)
      } else if (bytes !== null) symbols.push(...bytes)
      else if (unknown !== null) {
        if (isUnknownPending && !fusesUnknown) symbols.push(unknown)
        isUnknownPending = true
      }
      if (++steps % charactersPerStep === 0) yield
    }
    if (isUnknownPending) symbols.push(unknown as number)
    return new Int32Array(symbols)
  }
}
