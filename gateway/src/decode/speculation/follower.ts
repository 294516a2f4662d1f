import type { Row } from '../../session/contract/session.js'

/** A question to the other model: the scores of some ids at one position. */
export interface ScoreQuery {
  /** Number of tokens before the position. */
  readonly position: number
  /** V_alpha at the position. */
  readonly ids: Uint32Array
}

/**
 * Answers score queries from the other model, and decides when that model runs.
 * LazyFollower is the simple implementation, EagerFollower the one that runs ahead.
 */
export interface Follower {
  /**
   * Tells the follower the sequence with its drafts. It may start
   * forwards; `read` throws their errors.
   * @param known number of tokens at the front that will not change
   */
  follow(ids: readonly number[], known: number): void
  /**
   * Reads the other model's logits of the queried ids, at ascending positions of `ids`.
   * Returns one row for each answered query, with the scores in the order of the query's ids.
   * It answers at least the first query and may leave the others for a later call.
   */
  read(ids: readonly number[], queries: readonly [ScoreQuery, ...ScoreQuery[]]): Promise<readonly Row[]>
}
