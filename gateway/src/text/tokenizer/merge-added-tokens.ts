import type { AddedToken } from './parts.js'
import { TextError } from './text-error.js'

/** A token in the format of the files. */
export interface TokenFlags {
  readonly content: string
  readonly single_word?: boolean | undefined
  readonly lstrip?: boolean | undefined
  readonly rstrip?: boolean | undefined
  readonly normalized?: boolean | undefined
  readonly special?: boolean | undefined
}

/** A token with the key of tokenizer_config.json that contains it. */
export interface NamedToken extends TokenFlags {
  readonly name: string
}

/** The added tokens of both files, in the format of the files. */
export interface AddedTokenSources {
  /** The ids of the model's own vocabulary. */
  readonly vocabulary: ReadonlyMap<string, number>
  /** tokenizer.json's `added_tokens`. */
  readonly added: readonly (TokenFlags & { readonly id: number })[]
  /** tokenizer_config.json's `added_tokens_decoder`; null if it has none. */
  readonly configured: readonly (TokenFlags & { readonly id: number })[] | null
  /** Named tokens of tokenizer_config.json, such as `bos_token`, in transformers' order. */
  readonly named: readonly NamedToken[]
  /** Additional special tokens, from lists of tokenizer_config.json. */
  readonly extra: readonly NamedToken[]
  /** Number of ids for which the model has rows. */
  readonly modelVocabularySize: number
}

/**
 * Merges added tokens like transformers: flags of tokenizer_config.json take precedence over
 * tokenizer.json, a special token stays special, and a named token is special unless
 * `added_tokens_decoder` exists and omits it. A token that is missing from tokenizer.json gets the
 * next free id.
 * @throws TextError `invalid_tokenizer` if the model has no row for that id, or
 *   tokenizer_config.json has a different id
 */
export function mergeAddedTokens(sources: AddedTokenSources): AddedToken[] {
  const ids = sources.vocabulary
  const tokens = new Map<string, AddedToken>()
  // The id in the model's vocabulary takes precedence over the id in the entry.
  for (const token of sources.added) tokens.set(token.content, toAddedToken(token, ids.get(token.content) ?? token.id))
  const nextId = () => [...tokens.values()].reduce((next, { id }) => Math.max(next, id + 1), ids.size)
  const append = (content: string, where: string): number => {
    const id = nextId()
    if (id < sources.modelVocabularySize) return id
    throw new TextError(
      'invalid_tokenizer',
      `${where} names the token "${content}", which tokenizer.json does not have, and the model has no free row for it ` +
        `(it has ${sources.modelVocabularySize} rows). Remove it there, or save a tokenizer and a model that both have it.`,
    )
  }

  for (const token of [...(sources.configured ?? [])].sort((a, b) => a.id - b.id)) {
    const known = tokens.get(token.content)
    const id = known?.id ?? ids.get(token.content) ?? append(token.content, 'tokenizer_config.json')
    if (known === undefined && id !== token.id)
      throw new TextError(
        'invalid_tokenizer',
        `tokenizer_config.json gives the token "${token.content}" the id ${token.id}, but by tokenizer.json its id is ${id}. ` +
          "Save both files together, with transformers' save_pretrained.",
      )
    tokens.set(token.content, toAddedToken({ ...token, special: token.special || known?.special }, id))
  }
  for (const { name, ...token } of [...sources.named, ...sources.extra]) {
    if (tokens.has(token.content)) continue
    const id = ids.get(token.content) ?? append(token.content, `${name} of tokenizer_config.json`)
    tokens.set(token.content, toAddedToken({ ...token, special: true }, id))
  }
  const flagged = sources.configured === null ? tokens : new Set(sources.configured.map(({ content }) => content))
  for (const { content } of sources.named) {
    const token = tokens.get(content)
    if (token !== undefined && flagged.has(content)) tokens.set(content, { ...token, special: true })
  }
  return [...tokens.values()].sort((a, b) => a.id - b.id)
}

function toAddedToken(token: TokenFlags, id: number): AddedToken {
  const special = token.special ?? false
  return {
    id,
    content: token.content,
    singleWord: token.single_word ?? false,
    lstrip: token.lstrip ?? false,
    rstrip: token.rstrip ?? false,
    normalized: token.normalized ?? !special,
    special,
  }
}
