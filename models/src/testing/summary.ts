import type { InferenceSession } from 'onnxruntime-node'
import { bestCount, graphOutputs } from '../graph-contract.js'

/**
 * Returns the error of a graph's log-sum-exp compared with a plain sum in float64, relative if the
 * value is above 1. Returns NaN if the best ids or their logits differ from those of a plain sort.
 */
export function largestSummaryDifference(
  outputs: InferenceSession.OnnxValueMapType,
  rows: readonly Float32Array[],
): number {
  const ids = outputs[graphOutputs.bestIds]?.data as BigInt64Array
  const logits = outputs[graphOutputs.bestLogits]?.data as Float32Array
  const sums = outputs[graphOutputs.logSumExp]?.data as Float32Array
  const count = Math.min(bestCount, rows[0]?.length ?? 0)
  if (ids.length !== rows.length * count || sums.length !== rows.length) return Number.NaN
  const differences = rows.map((row, i) => {
    const at = (id: number) => row[id] ?? Number.NaN
    const sorted = Array.from(row.keys()).sort((a, b) => at(b) - at(a) || a - b)
    const isFound = (id: number, rank: number) =>
      Number(ids[i * count + rank]) === id && logits[i * count + rank] === at(id)
    if (!sorted.slice(0, count).every(isFound)) return Number.NaN
    const max = at(sorted[0] ?? 0)
    const logSumExp = max + Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - max), 0))
    return Math.abs((sums[i] ?? Number.NaN) - logSumExp) / Math.max(1, Math.abs(logSumExp))
  })
  return Math.max(...differences)
}
