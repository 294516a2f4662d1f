/** What is added to a score that must not count: exp of it is 0, and no sum with it overflows. */
const masked = -1e9

/**
 * The attention bias of a run: float32 [B, S, T + S], 0 where a token may look, which is its own session's past, itself and what
 * stands before it in its run. A session that holds fewer than T tokens has them first.
 */
export class CausalBias {
  /** Zeros, for one token of one session: nothing is masked. */
  private zeros = new Float32Array(0)
  private scratch = new Float32Array(0)

  /**
   * @param pasts tokens that each of the B sessions holds, at most T
   * @returns a view, valid until the next call
   */
  of(pasts: readonly number[], slots: number, tokens: number): Float32Array {
    const width = slots + tokens
    if (tokens === 1 && pasts.every((past) => past === slots)) return this.zeroes(pasts.length * width)
    const bias = this.take(pasts.length * tokens * width)
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

  private zeroes(size: number): Float32Array {
    if (this.zeros.length < size) this.zeros = new Float32Array(2 * size)
    return this.zeros.subarray(0, size)
  }

  /** A run's bias may be large; it is kept for the next one only. */
  private take(size: number): Float32Array {
    if (this.scratch.length < size || this.scratch.length > 4 * size) this.scratch = new Float32Array(size)
    return this.scratch.subarray(0, size)
  }
}
