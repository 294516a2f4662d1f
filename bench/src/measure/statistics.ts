/** A median with its spread over the rounds. */
export interface Estimate {
  readonly value: number
  /** 10th and 90th percentile. */
  readonly low: number
  readonly high: number
}

/**
 * Computes the median and the spread.
 * @throws RangeError if there are no values, or if one is not finite
 */
export function estimate(values: readonly number[]): Estimate {
  if (values.length === 0) throw new RangeError('expected at least one round')
  const wrong = values.find((value) => !Number.isFinite(value))
  if (wrong !== undefined) throw new RangeError(`a round gave ${wrong}: expected a finite number`)
  return {
    value: interpolatedQuantile(values, 0.5),
    low: interpolatedQuantile(values, 0.1),
    high: interpolatedQuantile(values, 0.9),
  }
}

/** Computes the median. */
export const median = (values: readonly number[]): number => interpolatedQuantile(values, 0.5)

/** Computes the mean. */
export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Computes a quantile, linear between the two nearest ranks, of values in any order. */
export function interpolatedQuantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const rank = share * (sorted.length - 1)
  const [below, above] = [sorted[Math.floor(rank)], sorted[Math.ceil(rank)]]
  if (below === undefined || above === undefined) return Number.NaN
  return below + (above - below) * (rank - Math.floor(rank))
}

/** Multiplies an estimate and its spread by a factor. */
export const scale = ({ value, low, high }: Estimate, factor: number): Estimate => ({
  value: value * factor,
  low: low * factor,
  high: high * factor,
})
