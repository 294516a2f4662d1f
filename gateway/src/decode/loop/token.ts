import type { StepTiming } from './step-timing.js'

/** A token id with its log-probability. */
export interface TokenScore {
  readonly id: number
  readonly logprob: number
}

/** A token of the prompt. The first one has no log-probability, because nothing precedes it. */
export interface PromptToken {
  readonly id: number
  readonly logprob: number | null
  readonly top: readonly TokenScore[] | null
}

interface Comparison {
  readonly dpoLogprob: number
  readonly sftLogprob: number
  /** dpoLogprob - sftLogprob (paper, eq. 7). */
  readonly advantage: number
}

/** A comparison of both models at one token, with the candidates. */
export interface TokenDetail extends Comparison {
  /** |V_alpha|; null if the strategy has no V_alpha. */
  readonly candidateCount: number | null
  /** The tokens of V_alpha by advantage, at most 256. */
  readonly candidates: readonly (Comparison & { readonly id: number })[]
}

/** How a token was chosen, as far as the loop has read it anyway. */
export interface TokenChoice {
  /** |V_alpha|; null if the strategy has no V_alpha. */
  readonly candidateCount: number | null
  /** In nats. Null unless both models' rows were read at this token. */
  readonly advantage: number | null
  /** Whether it came in the same step as the token before it. */
  readonly isDraft: boolean
}

/** The time of the step that gave a token. All parts are 0 or null if `choice.isDraft`. */
export interface TokenTiming extends StepTiming {
  /** Number of tokens that speculation proposed in the step. */
  readonly drafted: number
  /** Number of proposed tokens that the strategy then chose. */
  readonly accepted: number
}

/** The parts of a token that came in the same step as the token before it. */
export const noTime: Omit<TokenTiming, 'startMs' | 'endMs'> = {
  stepUs: 0,
  dpoUs: null,
  sftUs: null,
  otherUs: 0,
  overlapUs: 0,
  queueUs: 0,
  wireUs: 0,
  mergeUs: 0,
  dpoTokens: null,
  sftTokens: null,
  dpoQueueUs: null,
  sftQueueUs: null,
  replayedModels: [],
  drafted: 0,
  accepted: 0,
}

/** A token of the answer, without the time of its step. */
export interface PickedToken {
  readonly id: number
  /** Log-probability under the model that the request names; null if it asks for none. */
  readonly logprob: number | null
  readonly top: readonly TokenScore[]
  readonly detail: TokenDetail | null
  readonly choice: TokenChoice
}

/** A token of the answer. */
export interface Token extends PickedToken {
  readonly timing: TokenTiming
}
