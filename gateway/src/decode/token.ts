import type { Adjustments } from './adjustments.js'
import type { DecodePath } from './path.js'
import type { Method, TokenMethod } from './strategies/method.js'

/** What to decode: a prompt, how, and when to end. Token ids only. */
export interface DecodeRequest<M extends Method = Method> {
  readonly promptIds: readonly number[]
  readonly method: M
  readonly path: DecodePath
  /** Above every id of the two models. */
  readonly vocabularySize: number
  readonly maxTokens: number
  /** Before so many tokens the end tokens cannot be picked. */
  readonly minTokens: number
  /** Null: none, and logits are taken as they come. */
  readonly adjustments: Adjustments | null
  /** Ids that end an answer by themselves: the model's end tokens and `stop_token_ids`. */
  readonly endTokenIds: readonly number[]
  /** Whether the model's end tokens end the answer. */
  readonly ignoresEndTokens: boolean
  readonly stopTokenIds: ReadonlySet<number>
  readonly eosTokenIds: ReadonlySet<number>
  /** How many of the DPO model's best ids to list with each token; null: no log-probabilities at all. */
  readonly topLogprobs: number | null
  /** The same with each token of the prompt; null: the prompt is not read out. */
  readonly promptLogprobs: number | null
  readonly detail: boolean
}

/** What is decoded one token after the other. */
export type TokenRequest = DecodeRequest<TokenMethod>

/** log p under the DPO model. */
export interface TokenScore {
  readonly id: number
  readonly logprob: number
}

/** A token of the prompt; the first has nothing before it. */
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

export interface TokenDetail extends Comparison {
  /** |V_alpha|; null where the strategy has no V_alpha. */
  readonly candidateCount: number | null
  /** V_alpha by advantage, at most 256 of them. */
  readonly candidates: readonly (Comparison & { readonly id: number })[]
}

/** A token of the answer. */
export interface Token {
  readonly id: number
  /** Null where no log-probabilities were asked for. */
  readonly logprob: number | null
  readonly top: readonly TokenScore[]
  readonly detail: TokenDetail | null
}
