import type { PickInput } from '../reads.js'

/**
 * Builds a strategy's input from probabilities: one list for each model, the leading one first, of
 * the same ids. All rows have log-sum-exp 0.
 */
export function pickInput(tokenIds: readonly number[], lead: readonly number[], ...others: number[][]): PickInput {
  const read = (probabilities: readonly number[]) => ({
    row: { logSumExp: 0 },
    scores: { tokenIds: Uint32Array.from(tokenIds), logits: Float32Array.from(probabilities, Math.log) },
  })
  return { lead: read(lead), others: others.map(read), index: 0, excluded: new Set(), adjust: () => undefined }
}
