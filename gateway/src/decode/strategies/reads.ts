import type { Readout, Row, Scores } from '../../session/session.js'

/** What a strategy reads at a step: its leading model first, then others at the ids that the leader named. */
export interface Reads {
  /** A model's name. */
  readonly lead: string
  /** Of the leader's row, in the step itself. */
  readonly readout: Readout
  /** Models whose logits of the ids read are needed to pick. With a full readout theirs is full too, in the same step. */
  readonly others: readonly string[]
}

/** Logits of ids, and what makes log-probabilities of them. */
export interface ModelScores {
  readonly row: Pick<Row, 'logSumExp'>
  readonly scores: Scores
}

/** What was read. `lead` and all `others`, in their order, hold the same ids in the same order. */
export interface PickInput {
  readonly lead: ModelScores
  readonly others: readonly ModelScores[]
  /** Tokens of the answer so far: where a seeded draw stands. */
  readonly index: number
  /** Ids that may not be picked. */
  readonly excluded: ReadonlySet<number>
  /**
   * Applies the request's bias and penalties, in place, to scores of the whole vocabulary that a strategy makes of several full
   * rows. In every other case `lead` has been adjusted already, and this does nothing.
   */
  adjust(scores: Float64Array): void
}
