import type { Component } from '../parts.js'
import { TextError } from '../text-error.js'
import type { Work } from '../work.js'
import { appendIds } from './append-ids.js'
import { type BestPath, findBestPath } from './best-path.js'
import { cachePieces } from './cache-pieces.js'
import { parseAsRust } from './parse-as-rust.js'
import { createByteLookup, type IdLookup, type PieceModels } from './piece-model.js'
import { createPieceTrie } from './piece-trie.js'

/** How much less likely an unknown character is than the least likely piece. */
const unknownPenalty = 10
const piecesPerStep = 16_384

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
  const bytesOf = config.byte_fallback === true ? createByteLookup(ids) : () => null
  const idsOfUnknown = (text: string, excluded: ReadonlySet<number>): readonly number[] => {
    const id = ids.get(text)
    if (id !== undefined && !excluded.has(id)) return [id]
    return bytesOf(text) ?? [unknown]
  }
  const create = (excluded: ReadonlySet<number>) =>
    cachePieces(function* (text) {
      const path = yield* findBestPath(text, { ...shared, excluded })
      return yield* readIds(path, unknown, (start, end) => idsOfUnknown(text.slice(start, end), excluded))
    })
  const specialIds = vocabulary.flatMap(([piece], id) => (specials.has(piece) ? [id] : []))
  const withSpecials = create(new Set())
  return { withSpecials, plain: specialIds.length === 0 ? withSpecials : create(new Set(specialIds)) }
}

/** Reads the ids of a path. Adjacent unknown pieces are one. */
function* readIds(
  { ends, ids }: BestPath,
  unknown: number,
  idsOfUnknown: (start: number, end: number) => readonly number[],
): Work<number[]> {
  const found: number[] = []
  for (let start = 0, unknownStart = -1, steps = 1; start < ends.length - 1; steps++) {
    const end = ends[start] as number
    const id = ids[end] as number
    const isLast = end === ends.length - 1
    if (id !== unknown) found.push(id)
    else {
      if (unknownStart < 0) unknownStart = start
      if (isLast || ids[ends[end] as number] !== unknown) {
        yield* appendIds(found, idsOfUnknown(unknownStart, end))
        unknownStart = -1
      }
    }
    start = end
    if (steps % piecesPerStep === 0) yield
  }
  return found
}
