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
