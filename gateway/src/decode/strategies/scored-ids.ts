/** Ids that can extend a beam, and the score that each of them adds to it. */
export interface ScoredIds {
  readonly tokenIds: Uint32Array
  readonly scores: Float64Array
}
