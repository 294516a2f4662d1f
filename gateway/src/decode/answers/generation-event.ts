import type { PromptToken, Token } from '../loop/token.js'

/** Why an answer ended. */
export interface Ending {
  readonly finishReason: 'stop' | 'length'
  /**
   * The stop string or the id from `stop_token_ids`; null for an end
   * token of the model and for length.
   */
  readonly stopReason: string | number | null
}

/** A part of an answer. Tokens whose text is held back come with the text that follows. */
export interface Delta {
  readonly text: string
  readonly tokens: readonly Token[]
  /** Null except in the last delta. */
  readonly ending: Ending | null
}

/** A complete answer: a single delta with its ending. */
export interface Answer extends Delta {
  readonly ending: Ending
}

/** One of the answers that a strategy chose from. */
export interface Candidate {
  readonly answer: Answer
  /** Null if the answer was not scored. */
  readonly score: number | null
  readonly isChosen: boolean
}

/** What a search or choice did to find its answer. It comes before the answer's deltas. */
export interface Report {
  /** Number of tokens of all attempts, including the answer's. */
  readonly generatedTokens: number
  /** Beams, best first, or samples in their order. Empty if the request asks for no detail. */
  readonly candidates: readonly Candidate[]
}

/**
 * `prompt` comes first. `answer` is the index of the answer: the
 * deltas of several answers interleave.
 */
export type GenerationEvent =
  | { readonly type: 'prompt'; readonly tokens: readonly PromptToken[] | null }
  | { readonly type: 'report'; readonly report: Report }
  | { readonly type: 'delta'; readonly answer: number; readonly delta: Delta }
