/** What the pieces of a tokenizer have in common. */

/** One part of tokenizer.json (a normalizer, a pre-tokenizer, ...): a type and its own settings. */
export type Component = { readonly type: string; readonly [key: string]: unknown }

/** A token outside the model's own vocabulary or matched before the model sees the text. */
export interface AddedToken {
  readonly id: number
  readonly content: string
  readonly singleWord: boolean
  readonly lstrip: boolean
  readonly rstrip: boolean
  /** Matched in the normalized text, with its content normalized too. */
  readonly normalized: boolean
  readonly special: boolean
}

/** Changes text before it is split into pieces. */
export type Normalizer = (text: string) => string
