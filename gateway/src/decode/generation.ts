import type { OpenSessions } from '../session/session.js'
import type { Text } from '../text/index.js'
import type { Crowd } from './crowd.js'
import type { Method } from './strategies/method.js'
import type { DecodeRequest, PromptToken, Token } from './token.js'

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

export interface Ending {
  readonly finishReason: 'stop' | 'length'
  /** The stop string or the id of `stop_token_ids`; null for an end token of the model and for length. */
  readonly stopReason: string | number | null
}

/** A part of an answer. Tokens whose text is held back come with the text that follows. */
export interface Delta {
  readonly text: string
  readonly tokens: readonly Token[]
  /** In the last one. */
  readonly ending: Ending | null
}

/** An answer, whole: the only delta that it needs. */
export interface Answer extends Delta {
  readonly ending: Ending
}

/** One of the answers that a method chose from. */
export interface Candidate {
  readonly answer: Answer
  /** Null where it was not scored. */
  readonly score: number | null
  readonly isChosen: boolean
}

/** What a method did that searches for its answer or chooses it: told before the answer's deltas. */
export interface Report {
  /** Tokens of all that was tried, the answer's included. */
  readonly generatedTokens: number
  /** Beams best first, samples in their order; empty where no detail was asked for. */
  readonly candidates: readonly Candidate[]
}

/** `prompt` first. `answer` counts the answers to the prompt, whose deltas interleave. */
export type GenerationEvent =
  | { readonly type: 'prompt'; readonly tokens: readonly PromptToken[] | null }
  | { readonly type: 'report'; readonly report: Report }
  | { readonly type: 'delta'; readonly answer: number; readonly delta: Delta }

export interface GenerationContext {
  readonly open: OpenSessions
  readonly text: Text
  /** All answers that are decoded here. */
  readonly crowd: Crowd
  /** Whether two models take time from each other. */
  sharesDevice(a: string, b: string): boolean
}
