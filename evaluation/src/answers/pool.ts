import type { Fields } from '../prompts/index.js'

/** A strategy with its parameters, as `decoding` of a request. */
export type Method = Fields & { readonly strategy: string }

/** Answers to each prompt that are made in the same way. */
export interface Pool {
  readonly decoding: Method
  /** The number of answers to each prompt. */
  readonly samples: number
}
