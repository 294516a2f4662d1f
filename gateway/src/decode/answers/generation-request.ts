import type { DecodeRequest } from '../loop/decode-request.js'
import type { BoundStrategy } from '../strategies/bound-strategy.js'

/** A decode request with its text options. */
export interface GenerationRequest<S extends BoundStrategy = BoundStrategy> extends DecodeRequest<S> {
  /** Strings that end an answer. */
  readonly stops: readonly string[]
  /** Whether the answer's text contains the stop string or end token that ended it. */
  readonly includesStop: boolean
  readonly skipsSpecialTokens: boolean
  /** Number of answers to the prompt. */
  readonly answerCount: number
  /** Scores answers for strategies that choose by reward; null for the others. */
  readonly judge: Judge | null
}

/** Returns the reward of each answer to the prompt, in their order. */
export type Judge = (answers: readonly string[], signal: AbortSignal) => Promise<readonly number[]>
