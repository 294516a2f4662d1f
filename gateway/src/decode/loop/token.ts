/** A token id with its log-probability under the DPO model. */
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

/** A token of the answer. */
export interface Token {
  readonly id: number
  /** Log-probability under the DPO model; null if the request asks for none. */
  readonly logprob: number | null
  readonly top: readonly TokenScore[]
  readonly detail: TokenDetail | null
}
