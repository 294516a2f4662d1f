/** Computes log sum exp of one row in float64. */
export function logSumExp(row: Float32Array): number {
  let max = Number.NEGATIVE_INFINITY
  for (const z of row) max = Math.max(max, z)
  let sum = 0
  for (const z of row) sum += Math.exp(z - max)
  return max + Math.log(sum)
}

/**
 * Returns the largest |delta log p| between two float32 [R, V] blocks of logits. NaN counts as
 * infinite.
 * @throws Error if their sizes differ
 */
export function largestDifference(found: Float32Array, expected: Float32Array, vocabularySize: number): number {
  if (found.length !== expected.length)
    throw new Error(`expected ${expected.length} logits, found ${found.length} (vocabulary ${vocabularySize})`)
  let largest = 0
  for (let start = 0; start < expected.length; start += vocabularySize) {
    const row = found.subarray(start, start + vocabularySize)
    const expectedRow = expected.subarray(start, start + vocabularySize)
    const shift = logSumExp(row) - logSumExp(expectedRow)
    for (const [v, z] of row.entries()) {
      const difference = Math.abs(z - (expectedRow[v] ?? Number.NaN) - shift)
      if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference
    }
  }
  return largest
}

/** Returns the ids of V_alpha (paper, eq. 9) in ascending order. */
export function plausibleIds(dpo: Float32Array, alpha: number): number[] {
  let max = Number.NEGATIVE_INFINITY
  for (const z of dpo) max = Math.max(max, z)
  const threshold = max + Math.log(alpha)
  const ids: number[] = []
  for (const [v, z] of dpo.entries()) if (z >= threshold) ids.push(v)
  return ids
}
