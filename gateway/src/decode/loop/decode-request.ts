import type { BoundStrategy, BoundTokenStrategy } from '../strategies/bound-strategy.js'
import type { Adjustments } from './adjustments.js'
import type { DecodePath } from './decode-path.js'

/** A prompt, how to decode it and when to stop. Token ids only. */
export interface DecodeRequest<S extends BoundStrategy = BoundStrategy> {
  readonly promptIds: readonly number[]
  readonly strategy: S
  readonly path: DecodePath
  /** Greater than every token id of the models. */
  readonly vocabularySize: number
  readonly maxTokens: number
  /** Number of tokens before which end tokens cannot be picked. */
  readonly minTokens: number
  /** Null if the logits are used unchanged. */
  readonly adjustments: Adjustments | null
  /** Ids that end an answer: the model's end tokens (unless ignored) and `stop_token_ids`. */
  readonly endTokenIds: readonly number[]
  /** Whether the answer continues after the model's end tokens. */
  readonly ignoresEndTokens: boolean
  readonly stopTokenIds: ReadonlySet<number>
  readonly eosTokenIds: ReadonlySet<number>
  /** The name of the model whose log-probabilities are reported. */
  readonly logprobsOf: string
  /**
   * Number of that model's most likely tokens to report with each token.
   * Null reports no log-probabilities.
   */
  readonly topLogprobs: number | null
  /** The same for each token of the prompt. Null skips reading the prompt's log-probabilities. */
  readonly promptLogprobs: number | null
  /**
   * Whether to report details: the candidates of each token, or the
   * alternatives of a search or choice.
   */
  readonly detail: boolean
}

/** A request that is decoded token by token. */
export type TokenRequest = DecodeRequest<BoundTokenStrategy>
