import { library } from './library.js'
import { vocabularyEntries } from './merge-added-tokens.js'
import type { Component } from './parts.js'
import { TextError } from './text-error.js'

/** Encodes one piece of the pre-tokenizer. */
export type PieceModel = (piece: string) => number[]

/**
 * Creates the tokenizer's model, with the library's merges and lattice, and the Rust library's
 * rules for unknown characters.
 * @throws TextError `unsupported_tokenizer` for models other than BPE, Unigram and WordLevel.
 */
export function createPieceModel(model: Component): PieceModel {
  switch (model.type) {
    case 'BPE':
      return createBpe(model)
    case 'Unigram':
      return createUnigram(model)
    case 'WordLevel':
      return createWordLevel(model)
    default:
      throw new TextError(
        'unsupported_tokenizer',
        `the tokenizer's model is of type "${model.type}"; supported are BPE, Unigram and WordLevel`,
      )
  }
}

function createBpe(config: Component): PieceModel {
  if (config.continuing_subword_prefix) {
    throw new TextError(
      'unsupported_tokenizer',
      `the tokenizer's BPE has continuing_subword_prefix "${String(config.continuing_subword_prefix)}"; only BPE without it is supported`,
    )
  }
  const bpe = new library.BPE(config)
  const ids = new Map(vocabularyEntries(config))
  const unknown = ids.get(String(config.unk_token)) ?? null
  const fuses = config.fuse_unk === true
  return (piece) => collectIds(bpe.encode([piece]), ids, unknown, fuses)
}

/** Converts names to ids. `fuses` joins adjacent unknown names into one. */
function collectIds(
  names: readonly string[],
  ids: ReadonlyMap<string, number>,
  unknown: number | null,
  fuses: boolean,
): number[] {
  const collected: number[] = []
  for (const name of names) {
    const id = ids.get(name) ?? unknown
    if (id === null || (fuses && id === unknown && collected.at(-1) === unknown)) continue
    collected.push(id)
  }
  return collected
}

function createUnigram(config: Component): PieceModel {
  const unknown = typeof config.unk_id === 'number' ? config.unk_id : null
  // The library assigns a score to the unknown id; without one it would fail on the first
  // character.
  if (unknown === null) {
    throw new TextError(
      'unsupported_tokenizer',
      "the tokenizer's Unigram model has no unk_id: only models with an unk_id are supported",
    )
  }
  const unigram = new library.Unigram(config, '')
  const ids = new Map(vocabularyEntries(config))
  const fallsBack = config.byte_fallback === true
  return (piece) => {
    if (!fallsBack) return collectIds(unigram.tokenize(piece), ids, unknown, true)
    const names = unigram.tokenize(piece).flatMap((name) => (ids.has(name) ? [name] : byteNames(name)))
    return collectIds(names, ids, unknown, false)
  }
}

function byteNames(text: string): string[] {
  return [...Buffer.from(text, 'utf8')].map((byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`)
}

function createWordLevel(config: Component): PieceModel {
  const ids = new Map(vocabularyEntries(config))
  const unknown = ids.get(String(config.unk_token)) ?? null
  return (piece) => collectIds([piece], ids, unknown, false)
}

/**
 * Returns a copy of the model that cannot produce one of `specials` from ordinary text; null if the
 * model cannot anyway. Conversions from SentencePiece can have "</s>" as a piece with merges that
 * lead to it.
 */
export function withoutSpecials(model: Component, specials: ReadonlySet<string>): Component | null {
  if (model.type === 'Unigram') return withoutSpecialPieces(model, specials)
  if (model.type !== 'BPE') return null
  const merges = (model.merges ?? []) as (string | [string, string])[]
  const kept = merges.filter(
    (merge) => !specials.has(typeof merge === 'string' ? merge.replace(' ', '') : merge.join('')),
  )
  const vocabulary = Object.entries((model.vocab ?? {}) as Record<string, number>)
  const reachable = model.ignore_merges === true && vocabulary.some(([token]) => specials.has(token))
  if (kept.length === merges.length && !reachable) return null
  return { ...model, merges: kept, vocab: Object.fromEntries(vocabulary.filter(([token]) => !specials.has(token))) }
}

/**
 * Renames special pieces to names that no text contains. They stay in the list, because ids are
 * positions in it.
 */
function withoutSpecialPieces(model: Component, specials: ReadonlySet<string>): Component | null {
  const vocabulary = model.vocab as [string, number][]
  if (!vocabulary.some(([piece], id) => specials.has(piece) && id !== model.unk_id)) return null
  const vocab = vocabulary.map(([piece, score], id) => [specials.has(piece) ? `\uffff${id}` : piece, score])
  return { ...model, vocab }
}
