import { interquartileRange, max, min } from 'simple-statistics'
import { requireFinite, requireSome } from './statistics-error.js'

/**
 * A bin of a histogram: values from `low` on, and less than `high`. The last bin includes
 * `high`.
 */
export interface Bin {
  readonly low: number
  readonly high: number
  readonly count: number
}

const maxBins = 60

/**
 * Counts values in bins of equal width. The width is 2 IQR / cbrt(n) (Freedman and Diaconis
 * 1981); if the IQR is 0, the range over log2(n) + 1 (Sturges 1926). It is widened to at most
 * 60 bins. An edge is at 0, so that no bin holds both wins and losses.
 */
export function histogram(values: readonly number[]): Bin[] {
  requireSome('values', values)
  requireFinite('values', values)
  const [low, high] = [min([...values]), max([...values])]
  const width = binWidth(values, high - low)
  const firstBin = Math.floor(low / width)
  const count = Math.max(1, Math.ceil(high / width) - firstBin)
  const counts = new Array<number>(count).fill(0)
  for (const value of values) {
    const at = Math.min(count - 1, Math.floor(value / width) - firstBin)
    counts[at] = (counts[at] ?? 0) + 1
  }
  return counts.map((number, i) => ({ low: (firstBin + i) * width, high: (firstBin + i + 1) * width, count: number }))
}

function binWidth(values: readonly number[], range: number): number {
  // All values are equal: any width shows them in one bin.
  if (range === 0) return Math.abs(values[0] ?? 0) || 1
  const spread = (2 * interquartileRange([...values])) / Math.cbrt(values.length)
  // Aligning both ends to multiples of the width adds at most two. The least numbers divide to 0.
  return Math.max(spread || range / (Math.log2(values.length) + 1), range / (maxBins - 2)) || range
}
