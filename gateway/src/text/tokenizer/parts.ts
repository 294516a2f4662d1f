/*
 * tokenizer/ encodes and decodes text like the Rust library `tokenizers`, from a model's
 * tokenizer.json. It does not know chat templates or conversations.
 */

/**
 * One component of tokenizer.json (a normalizer, a pre-tokenizer, ...): a type and its settings.
 */
export type Component = { readonly type: string; readonly [key: string]: unknown }

/**
 * A token that is matched before the model encodes the text. It may be missing from the model's
 * vocabulary.
 */
export interface AddedToken {
  readonly id: number
  readonly content: string
  readonly singleWord: boolean
  readonly lstrip: boolean
  readonly rstrip: boolean
  /** Whether the token is matched in the normalized text, with normalized content. */
  readonly normalized: boolean
  readonly special: boolean
}

/** Changes text before it is split into pieces. */
export interface Normalizer {
  /** Normalizes a text at once. */
  whole(text: string): string
  /**
   * Normalizes a text that is read in parts, with the same result. It yields once or more for each
   * part that it reads, perhaps an empty text, so that a long text can be changed in steps. No part
   * may end inside a surrogate pair.
   */
  inParts(parts: Iterable<string>): Iterable<string>
  /** The length of the match at the start of a text that the normalizer replaces, or 0. */
  replacedAtStart?(text: string): number
}

/**
 * Splits text into the pieces that the model encodes one by one, as they are read. Empty pieces
 * have no meaning. `first` is true if the text begins the whole prompt, which Metaspace's
 * prepend_scheme "first" needs.
 */
export type PreTokenizer = (text: string, first: boolean) => Iterable<string>
