import type { AddedToken, Component } from './parts.js'
import { TextError } from './types.js'

/** A token as a file writes it. */
export interface TokenFlags {
  readonly content: string
  readonly single_word?: boolean | undefined
  readonly lstrip?: boolean | undefined
  readonly rstrip?: boolean | undefined
  readonly normalized?: boolean | undefined
  readonly special?: boolean | undefined
}

/** `name` is the key of tokenizer_config.json that has it. */
export interface NamedToken extends TokenFlags {
  readonly name: string
}

/** The added tokens of both files, as they stand there. */
export interface AddedTokenSources {
  readonly model: Component
  /** tokenizer.json's `added_tokens`. */
  readonly added: readonly (TokenFlags & { readonly id: number })[]
  /** tokenizer_config.json's `added_tokens_decoder`; null where it has none. */
  readonly configured: readonly (TokenFlags & { readonly id: number })[] | null
  /** `bos_token` and the like: what tokenizer_config.json gives a name, in transformers' order. */
  readonly named: readonly NamedToken[]
  /** Its lists of further special tokens. */
  readonly extra: readonly NamedToken[]
  /** Ids that the model has rows for. */
  readonly modelVocabularySize: number
}

/**
 * Merges added tokens as transformers does: tokenizer_config.json's flags win over tokenizer.json's, a token that was special
 * stays so, and what has a name is special, unless an `added_tokens_decoder` passes it over. A token that tokenizer.json lacks
 * gets the next free id.
 * @throws TextError `invalid_tokenizer` where the model has no row for that id, or tokenizer_config.json says another.
 */
export function mergeAddedTokens(sources: AddedTokenSources): AddedToken[] {
  const ids = new Map(vocabularyEntries(sources.model))
  const tokens = new Map<string, AddedToken>()
  // The model's own id wins over the one beside it, should they differ.
  for (const token of sources.added) tokens.set(token.content, toAddedToken(token, ids.get(token.content) ?? token.id))
  const nextId = () => [...tokens.values()].reduce((next, { id }) => Math.max(next, id + 1), ids.size)
  const append = (content: string, where: string): number => {
    const id = nextId()
    if (id < sources.modelVocabularySize) return id
    throw new TextError(
      'invalid_tokenizer',
      `${where} names the token "${content}", which tokenizer.json lacks, and the model has no row left for it ` +
        `(${sources.modelVocabularySize} in all). Take it out of there, or save a tokenizer and a model that both have it.`,
    )
  }

  for (const token of [...(sources.configured ?? [])].sort((a, b) => a.id - b.id)) {
    const known = tokens.get(token.content)
    const id = known?.id ?? ids.get(token.content) ?? append(token.content, 'tokenizer_config.json')
    if (known === undefined && id !== token.id)
      throw new TextError(
        'invalid_tokenizer',
        `tokenizer_config.json gives the token "${token.content}" the id ${token.id}, tokenizer.json leads to ${id}. ` +
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

/** The pairs of token and id of a model's own vocabulary, without added tokens. */
export function vocabularyEntries(model: Component): [string, number][] {
  if (Array.isArray(model.vocab)) return model.vocab.map((entry: unknown, id) => [String((entry as [string])[0]), id])
  return Object.entries((model.vocab ?? {}) as Record<string, number>)
}
