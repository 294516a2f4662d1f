/** Ids that a beam may go on with, and what each of them adds to its score. */
export interface ScoredIds {
  readonly tokenIds: Uint32Array
  readonly scores: Float64Array
}
