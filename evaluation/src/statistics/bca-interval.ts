import { mean, quantileSorted, sum } from 'simple-statistics'
import type { Interval } from './estimate.js'
import { normalDistribution, normalQuantile } from './special-functions.js'

/**
 * Returns the BCa interval of a mean (Efron 1987; Efron and Tibshirani 1993, eq. 14.9 and 14.10),
 * or null if the values are equal. BCa instead of the percentile interval, because it covers the
 * mean more often where values are skewed or are wins and losses (docs/decisions/intervals.md).
 * @param means the means of bootstrap resamples
 */
export function bcaInterval(values: readonly number[], means: Float64Array, level: number): Interval | null {
  const acceleration = accelerationOf(values)
  if (acceleration === null) return null
  const center = mean([...values])
  const bias = normalQuantile(shareBelow(means, center))
  const sorted = Array.from(means.toSorted())
  const at = (share: number) => {
    const shifted = bias + normalQuantile(share)
    return quantileSorted(sorted, normalDistribution(bias + shifted / (1 - acceleration * shifted)))
  }
  const tail = (1 - level) / 2
  // A bias of infinity means that all resampled means lie on one side.
  return Number.isFinite(bias) ? { low: at(tail), high: at(1 - tail) } : null
}

/**
 * The acceleration of eq. 14.15. The jackknife values of a mean are linear in the values, so it is
 * a sixth of the skewness over the root of the count.
 */
function accelerationOf(values: readonly number[]): number | null {
  const center = mean([...values])
  const squares = sum(values.map((value) => (value - center) ** 2))
  return squares > 0 ? sum(values.map((value) => (value - center) ** 3)) / (6 * squares ** 1.5) : null
}

/** The share of means below the center; those that equal it count half, as in scipy. */
function shareBelow(means: Float64Array, center: number): number {
  const below = means.reduce((count, value) => count + (value < center ? 1 : 0) + (value <= center ? 1 : 0), 0)
  return below / (2 * means.length)
}
