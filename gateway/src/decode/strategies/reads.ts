import type { Readout, Row, Scores } from '../../session/contract/session.js'

/**
 * What a strategy reads at a step: the leading model, then other
 * models at the ids that it selected.
 */
export interface Reads {
  /** The name of the leading model. */
  readonly lead: string
  /** What to read from the leading model's row in the step itself. */
  readonly readout: Readout
  /**
   * Models whose logits of the selected ids are needed. With a full readout
   * theirs is also full, in the same step.
   */
  readonly others: readonly string[]
}

/** Logits of ids, and the log-sum-exp that turns them into log-probabilities. */
export interface ModelScores {
  readonly row: Pick<Row, 'logSumExp'>
  readonly scores: Scores
}

/** The input of a strategy. `lead` and all `others` hold the same ids in the same order. */
export interface PickInput {
  readonly lead: ModelScores
  readonly others: readonly ModelScores[]
  /** Number of tokens in the answer so far. Seeded draws depend on it. */
  readonly index: number
  /** Ids that cannot be picked. */
  readonly excluded: ReadonlySet<number>
  /**
   * Applies the request's bias and penalties, in place, to scores of the whole
   * vocabulary that a strategy merged from several full rows. In all other cases `lead`
   * is already adjusted, and this does nothing.
   */
  adjust(scores: Float64Array): void
}
