import type { Component } from '../parts.js'
import { TextError } from '../text-error.js'
import { createBpe } from './bpe.js'
import { findUnknownId, type IdLookup, type PieceModels } from './piece-model.js'
import { createUnigram } from './unigram.js'
import { createWordPiece } from './word-piece.js'

/**
 * Creates the tokenizer's model.
 * @param ids the ids of its vocabulary
 * @param specials the spellings of special tokens
 * @throws TextError `unsupported_tokenizer` for models other than BPE, Unigram, WordPiece and
 *   WordLevel
 */
export function createModels(
  model: Component,
  ids: ReadonlyMap<string, number>,
  specials: ReadonlySet<string>,
): PieceModels {
  switch (model.type) {
    case 'BPE':
      return createBpe(model, ids, specials)
    case 'Unigram':
      return createUnigram(model, ids, specials)
    case 'WordPiece':
      return createWordPiece(model, ids, specials)
    case 'WordLevel':
      return createWordLevel(model, ids)
    default:
      throw new TextError(
        'unsupported_tokenizer',
        `the tokenizer's model is of type "${model.type}"; supported are BPE, Unigram, WordPiece and WordLevel`,
      )
  }
}

function createWordLevel(config: Component, ids: IdLookup): PieceModels {
  const unknown = findUnknownId(config.unk_token, ids)
  const withSpecials = function* (piece: string) {
    yield
    const id = ids.get(piece) ?? unknown
    return id === null ? [] : [id]
  }
  return { withSpecials, plain: withSpecials }
}
