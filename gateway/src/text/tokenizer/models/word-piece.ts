import type { Component } from '../parts.js'
import { TextError } from '../text-error.js'
import { cachePieces } from './cache-pieces.js'
import type { IdLookup, PieceModels } from './piece-model.js'

/**
 * Creates a WordPiece model: the longest token at each position, the unknown token for the whole
 * word if there is none.
 * @throws TextError `invalid_tokenizer` without an unknown token
 */
export function createWordPiece(config: Component, ids: IdLookup, specials: ReadonlySet<string>): PieceModels {
  const unknown = ids.get(String(config.unk_token ?? '[UNK]'))
  if (unknown === undefined)
    throw new TextError(
      'invalid_tokenizer',
      `the WordPiece model's unk_token is ${JSON.stringify(config.unk_token)}: expected a token of its vocabulary`,
    )
  const prefix = String(config.continuing_subword_prefix ?? '##')
  const maxLength = Number(config.max_input_chars_per_word ?? 100)
  const create = (excluded: ReadonlySet<string>) =>
    cachePieces(function* (word) {
      // A character has at most two UTF-16 units.
      if (word.length > 2 * maxLength) return [unknown]
      const characters = [...word]
      if (characters.length > maxLength) return [unknown]
      return findPieces(characters, (name) => (excluded.has(name) ? undefined : ids.get(name)), prefix) ?? [unknown]
    })
  return { withSpecials: create(new Set()), plain: create(specials) }
}

function findPieces(
  characters: readonly string[],
  idOf: (name: string) => number | undefined,
  prefix: string,
): number[] | null {
  const found: number[] = []
  for (let start = 0; start < characters.length; ) {
    let end = characters.length
    let id: number | undefined
    for (; end > start; end--) {
      id = idOf((start > 0 ? prefix : '') + characters.slice(start, end).join(''))
      if (id !== undefined) break
    }
    if (id === undefined) return null
    found.push(id)
    start = end
  }
  return found
}
