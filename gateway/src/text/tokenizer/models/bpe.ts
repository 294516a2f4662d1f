import type { Component } from '../parts.js'
import { TextError } from '../text-error.js'
import { cachePieces } from './cache-pieces.js'
import { type Merges, mergeSymbols } from './merge-symbols.js'
import { PairTable } from './pair-table.js'
import { createByteLookup, findUnknownId, type IdLookup, type PieceModel, type PieceModels } from './piece-model.js'
import { createSymbolReader, type SymbolSource } from './read-symbols.js'

/**
 * Creates a BPE model with the semantics of the Rust library's.
 * @param specials spellings that the plain form never makes
 * @throws TextError `unsupported_tokenizer` for a continuing_subword_prefix; `invalid_tokenizer` if
 *   the vocabulary does not have the tokens of a merge
 */
export function createBpe(config: Component, ids: IdLookup, specials: ReadonlySet<string>): PieceModels {
  if (config.continuing_subword_prefix) {
    throw new TextError(
      'unsupported_tokenizer',
      `the tokenizer's BPE has continuing_subword_prefix "${String(config.continuing_subword_prefix)}"; only BPE without it is supported`,
    )
  }
  const merges = readMerges(config, ids)
  const bytesOf = config.byte_fallback === true ? createByteLookup(ids) : () => null
  const withSpecials = createForm(config, ids, merges, bytesOf)
  const specialIds = new Set([...specials].flatMap((token) => ids.get(token) ?? []))
  if (specialIds.size === 0) return { withSpecials, plain: withSpecials }
  return {
    withSpecials,
    plain: createForm(config, withoutKeys(ids, specials), withoutMade(merges, specialIds), bytesOf),
  }
}

function createForm(config: Component, ids: IdLookup, merges: Merges, bytesOf: SymbolSource['bytesOf']): PieceModel {
  const readSymbols = createSymbolReader({
    ids,
    unknown: findUnknownId(config.unk_token, ids),
    fusesUnknown: config.fuse_unk === true,
    suffix: typeof config.end_of_word_suffix === 'string' ? config.end_of_word_suffix : '',
    bytesOf,
  })
  const ignoresMerges = config.ignore_merges === true
  return cachePieces(function* (piece) {
    const whole = ignoresMerges ? ids.get(piece) : undefined
    if (whole !== undefined) return [whole]
    const symbols = yield* readSymbols(piece)
    return symbols.length < 2 ? [...symbols] : yield* mergeSymbols(symbols, merges)
  })
}

function readMerges(config: Component, ids: IdLookup): Merges {
  const pairs = (config.merges ?? []) as (string | [string, string])[]
  const ranks = new PairTable()
  const madeIds = new Int32Array(pairs.length)
  for (const [rank, merge] of pairs.entries()) {
    const [left = '', right = ''] = typeof merge === 'string' ? merge.split(' ', 2) : merge
    const [first, second, made] = [ids.get(left), ids.get(right), ids.get(left + right)]
    if (first === undefined || second === undefined || made === undefined) throw unknownMerge(left, right, rank)
    ranks.set(first, second, rank)
    madeIds[rank] = made
  }
  return { rankOf: (left, right) => ranks.get(left, right), madeIds }
}

function unknownMerge(left: string, right: string, rank: number): TextError {
  return new TextError(
    'invalid_tokenizer',
    `merge ${rank} of tokenizer.json joins ${JSON.stringify(left)} and ${JSON.stringify(right)}: expected both and ` +
      'their joined text in the vocabulary. Save the tokenizer again, or convert it again.',
  )
}

function withoutKeys(ids: IdLookup, keys: ReadonlySet<string>): IdLookup {
  return { get: (key) => (keys.has(key) ? undefined : ids.get(key)) }
}

/** The merges that make none of some ids. A merge of such an id is left, but nothing reaches it. */
function withoutMade({ rankOf, madeIds }: Merges, made: ReadonlySet<number>): Merges {
  return {
    rankOf: (left, right) => {
      const rank = rankOf(left, right)
      return rank >= 0 && made.has(madeIds[rank] as number) ? -1 : rank
    },
    madeIds,
  }
}
