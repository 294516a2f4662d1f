import type { PromptToken, Token } from '../loop/token.js'

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
