/**
 * The contract in the types that both sides work with: what a step reads, and what it returns.
 * wire.ts converts them to and from messages.
 */

/** Token ids. Each side keeps the form that it has: no copy is needed. */
export type TokenIds = readonly number[] | Uint32Array

/** The tokens of a step whose rows are read. */
export type Rows = 'none' | 'last' | 'all'

/** What to read from a row of logits. */
export type Readout =
  /** V_alpha without the excluded ids, best first; ties: lowest id. */
  | { readonly kind: 'candidates'; readonly alpha: number; readonly exclude: TokenIds }
  /** These ids in their order: one list for all rows, or one list for each row. */
  | { readonly kind: 'gather'; readonly rows: readonly TokenIds[] }
  /** The k most likely ids, best first; ties: lowest id. */
  | { readonly kind: 'top-k'; readonly k: number }
  | { readonly kind: 'full' }

/** The answer to one readout of one row, as a service sends it. */
export interface CompactScores {
  /** Null if the request implies the ids: gather, full. Otherwise as many as logits. */
  readonly tokenIds: Uint32Array | null
  readonly logits: Float32Array
}

/** Ids and their logits. Both arrays have the same length. */
export interface Scores extends CompactScores {
  readonly tokenIds: Uint32Array
}

/**
 * The answer to all readouts of one row, as a service sends it. Log-sum-exp and max are over all
 * ids below the vocabulary limit.
 */
export interface CompactRow {
  readonly logSumExp: number
  readonly max: number
  /** The result of each readout, in their order. */
  readonly scores: readonly CompactScores[]
}

/** The logits after one token, all with their ids. log p(id) = logit - logSumExp. */
export interface Row extends CompactRow {
  readonly scores: readonly Scores[]
}
