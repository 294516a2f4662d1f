/**
 * Arithmetic over one row of logits, in plain indexed loops: each runs over the whole vocabulary
 * once per token.
 */

/**
 * A term this many nats below the maximum does not change the sum: 1e6 such terms add less than
 * 1e-11.
 */
const negligible = -40

/** Returns the largest element; -Infinity if the row is empty or all NaN. */
export function maxOf(row: Float32Array): number {
  let max = -Infinity
  for (let i = 0; i < row.length; i++) {
    const value = row[i] as number
    if (value > max) max = value
  }
  return max
}

/** Entries of the exponent's table per power of two. */
const steps = 64
const stepNats = Math.LN2 / steps
const stepsPerNat = 1 / stepNats
/** 2^(i/64) */
const fractions = Float64Array.from({ length: steps }, (_, i) => 2 ** (i / steps))
/** 2^-i */
const powers = Float64Array.from({ length: 64 }, (_, i) => 2 ** -i)

/**
 * Computes log(sum(exp(row))) in float64. An exponential is a table entry 2^(n/64) times a
 * polynomial of the remainder, |r| <= ln(2)/128. Its error is at most 4e-14, and it takes half the
 * time of Math.exp.
 * @param max the largest element of the row
 */
export function logSumExp(row: Float32Array, max: number): number {
  let sum = 0
  for (let i = 0; i < row.length; i++) {
    const below = (row[i] as number) - max
    // Not `below > negligible`: a NaN must reach the sum.
    if (below <= negligible) continue
    // Rounds to the nearest step: `below` is negative, so truncation rounds up.
    const n = (below * stepsPerNat - 0.5) | 0
    const r = below - n * stepNats
    const polynomial = 1 + r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24))))
    sum += polynomial * (fractions[n & (steps - 1)] as number) * (powers[-(n >> 6)] as number)
  }
  return max + Math.log(sum)
}

/** Returns the ids whose logit is at least `threshold`, ascending. */
export function idsAtLeast(row: Float32Array, threshold: number): number[] {
  const ids: number[] = []
  for (let i = 0; i < row.length; i++) if ((row[i] as number) >= threshold) ids.push(i)
  return ids
}

/** Returns row[id] for each id, float32. */
export function gatherLogits(row: Float32Array, ids: ArrayLike<number>): Float32Array {
  const out = new Float32Array(ids.length)
  for (let i = 0; i < ids.length; i++) out[i] = row[ids[i] as number] as number
  return out
}

/** Orders ids by logit, best first, ties by lowest id. */
export const byLogit = (row: Float32Array) => (a: number, b: number) => (row[b] as number) - (row[a] as number) || a - b
