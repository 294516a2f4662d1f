/** What is added to a score that must not count: exp of it is 0, and no sum with it overflows. */
const masked = -1e9

/** The attention bias of one session's run: float32 [S, T + S], 0 where token s may look (all of the past, itself and before). */
export class CausalBias {
  /** Zeros, for runs of one token: nothing is masked. */
  private zeros = new Float32Array(0)
  private scratch = new Float32Array(0)

  /** @returns a view, valid until the next call */
  of(past: number, count: number): Float32Array {
    const width = past + count
    if (count === 1) {
      if (this.zeros.length < width) this.zeros = new Float32Array(2 * width)
      return this.zeros.subarray(0, width)
    }
    const size = count * width
    // A run's bias may be large; it is kept for the next chunk only.
    if (this.scratch.length < size || this.scratch.length > 4 * size) this.scratch = new Float32Array(size)
    const bias = this.scratch.subarray(0, size)
    for (let s = 0; s < count; s++) {
      bias.fill(0, s * width, s * width + past + s + 1)
      bias.fill(masked, s * width + past + s + 1, (s + 1) * width)
    }
    return bias
  }
}
