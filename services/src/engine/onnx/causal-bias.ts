/**
 * Added to an attention score that must not count: its exponential is 0, and no sum with it
 * overflows.
 */
const masked = -1e9

/**
 * Builds the attention bias of a run: float32 [B, S, T + S], 0 where a token attends and `masked`
 * elsewhere. A token attends to its own session's past, to itself and to the tokens before it in
 * its run. A session that holds fewer than T tokens has them in its first slots.
 */
export class CausalBias {
  /** Zeros for runs of one token in which nothing is masked. */
  private zeros = new Float32Array(0)
  private scratch = new Float32Array(0)

  /**
   * @param pasts number of tokens that each of the B sessions holds, at most `slots`
   * @param slots T
   * @param tokens S
   * @returns a view, valid until the next call
   */
  build(pasts: readonly number[], slots: number, tokens: number): Float32Array {
    const width = slots + tokens
    if (tokens === 1 && pasts.every((past) => past === slots)) return this.zerosOf(pasts.length * width)
    const bias = this.scratchOf(pasts.length * tokens * width)
    let row = 0
    for (const past of pasts)
      for (let token = 0; token < tokens; token++, row += width) {
        bias.fill(0, row, row + past)
        bias.fill(masked, row + past, row + slots)
        bias.fill(0, row + slots, row + slots + token + 1)
        bias.fill(masked, row + slots + token + 1, row + width)
      }
    return bias
  }

  private zerosOf(size: number): Float32Array {
    if (this.zeros.length < size) this.zeros = new Float32Array(2 * size)
    return this.zeros.subarray(0, size)
  }

  /**
   * A run's bias may be large, so the buffer shrinks again if the next run needs less than a
   * quarter of it.
   */
  private scratchOf(size: number): Float32Array {
    if (this.scratch.length < size || this.scratch.length > 4 * size) this.scratch = new Float32Array(size)
    return this.scratch.subarray(0, size)
  }
}
