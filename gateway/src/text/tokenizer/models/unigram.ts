import type { Component } from '../parts.js'
import { TextError } from '../text-error.js'
import { findBestPath, type PathPiece } from './best-path.js'
import { cachePieces } from './cache-pieces.js'
import { parseAsRust } from './parse-as-rust.js'
import { findByteIds, type IdLookup, type PieceModels } from './piece-model.js'
import { createPieceTrie } from './piece-trie.js'

/** How much less likely an unknown character is than the least likely piece. */
const unknownPenalty = 10

/**
 * Creates a Unigram model with the semantics of the Rust library's: adjacent unknown characters are
 * one, which becomes its bytes or the unknown id.
 * @param specials spellings that the plain form never makes
 * @throws TextError `unsupported_tokenizer` without an unk_id
 */
export function createUnigram(config: Component, ids: IdLookup, specials: ReadonlySet<string>): PieceModels {
  if (typeof config.unk_id !== 'number') {
    throw new TextError(
      'unsupported_tokenizer',
      "the tokenizer's Unigram model has no unk_id: only models with an unk_id are supported",
    )
  }
  const unknown = config.unk_id
  const vocabulary = config.vocab as [string, number][]
  const scores = Float64Array.from(vocabulary, ([, score]) => parseAsRust(score))
  const unknownScore =
    scores.reduce((least, score) => Math.min(least, score), Number.POSITIVE_INFINITY) - unknownPenalty
  const shared = { trie: createPieceTrie(vocabulary.map(([piece]) => piece)), scores, unknown, unknownScore }
  const idsOfUnknown = (text: string, excluded: ReadonlySet<number>): readonly number[] => {
    const id = ids.get(text)
    if (id !== undefined && !excluded.has(id)) return [id]
    return (config.byte_fallback === true ? findByteIds(text, ids) : null) ?? [unknown]
  }
  const create = (excluded: ReadonlySet<number>) =>
    cachePieces(function* (text) {
      const path = yield* findBestPath(text, { ...shared, excluded })
      return fuseUnknown(path, unknown).flatMap((piece) =>
        piece.id === unknown ? idsOfUnknown(text.slice(piece.start, piece.end), excluded) : [piece.id],
      )
    })
  const specialIds = vocabulary.flatMap(([piece], id) => (specials.has(piece) ? [id] : []))
  const withSpecials = create(new Set())
  return { withSpecials, plain: specialIds.length === 0 ? withSpecials : create(new Set(specialIds)) }
}

/** Joins adjacent unknown pieces. */
function fuseUnknown(path: readonly PathPiece[], unknown: number): PathPiece[] {
  const fused: PathPiece[] = []
  for (const piece of path) {
    const last = fused.at(-1)
    if (last?.id === unknown && piece.id === unknown) fused[fused.length - 1] = { ...last, end: piece.end }
    else fused.push(piece)
  }
  return fused
}
