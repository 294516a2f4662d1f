import type { DecodeRequest } from '../loop/decode-request.js'
import type { Method } from '../strategies/bound-strategy.js'

/** A request with its text side. */
export interface GenerationRequest<M extends Method = Method> extends DecodeRequest<M> {
  readonly stops: readonly string[]
  readonly includesStop: boolean
  readonly skipsSpecialTokens: boolean
  /** How many answers. */
  readonly answerCount: number
  /** What a method asks that chooses by reward; null for others. */
  readonly judge: Judge | null
}

/** The reward of each of several answers to the prompt, in their order. */
export type Judge = (answers: readonly string[], signal: AbortSignal) => Promise<readonly number[]>
