import { graphOutputs } from '@tandem/models/folder'
import { LogitsRow, type RowSummary } from '../logits/logits-row.js'
import { floats, type Outputs } from './model-session.js'

/**
 * Reads the rows that a run of our graph returned, as views of its outputs.
 * @param count number of rows requested; a run without requested rows computes one all the same
 */
export function readRows(outputs: Outputs, count: number, rowSize: number): LogitsRow[] {
  const logits = floats(outputs, graphOutputs.logits)
  const rowOf = (i: number) => logits.subarray(i * rowSize, (i + 1) * rowSize)
  return Array.from({ length: count }, (_, i) => new LogitsRow(rowOf(i), summaryOf(outputs, i)))
}

/**
 * Null if the graph has a score as its head, or if a device does not compute summaries
 * (model-session.ts).
 */
function summaryOf(outputs: Outputs, row: number): RowSummary | null {
  const ids = outputs[graphOutputs.bestIds]?.data
  if (!(ids instanceof BigInt64Array)) return null
  const logits = floats(outputs, graphOutputs.bestLogits)
  const sums = floats(outputs, graphOutputs.logSumExp)
  const count = ids.length / sums.length
  const [start, end] = [row * count, (row + 1) * count]
  const best = { ids: ids.subarray(start, end), logits: logits.subarray(start, end) }
  return { best, logSumExp: sums[row] as number }
}
