import type { Method, TokenMethod } from '../strategies/bound-strategy.js'
import type { Adjustments } from './adjustments.js'
import type { DecodePath } from './decode-path.js'

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
