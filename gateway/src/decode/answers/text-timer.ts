/** Is told how long each token took to become text. Times are of `performance.now()`. */
export interface TextTimer {
  /** Adds the time of one token. */
  add(startMs: number, endMs: number): void
}
