import type { Fields } from '../prompts/index.js'

/** A strategy with its parameters, as `decoding` of a request. */
export type Method = Fields & { readonly strategy: string }

/** The nucleus that the paper samples from, for best-of-n (section 5) and for pairs (section 6). */
export const nucleus = { top_p: 0.9 }

/** Answers to each prompt that are made in the same way. */
export interface Pool {
  readonly decoding: Method
  /** The number of answers to each prompt. */
  readonly samples: number
}
