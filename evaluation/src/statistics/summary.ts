import { max, mean, min, quantileSorted, sampleStandardDeviation } from 'simple-statistics'
import { requireFinite, requireSome } from './statistics-error.js'

/** A summary of values, such as the lengths of answers in tokens. */
export interface Summary {
  readonly count: number
  readonly mean: number
  /** Standard deviation with n - 1; null for one value. */
  readonly deviation: number | null
  readonly min: number
  readonly lowerQuartile: number
  readonly median: number
  readonly upperQuartile: number
  readonly max: number
}

/** Summarizes values. Quartiles are interpolated (type 7 of Hyndman and Fan 1996, as in numpy). */
export function summarize(name: string, values: readonly number[]): Summary {
  requireSome(name, values)
  requireFinite(name, values)
  const list = [...values].sort((a, b) => a - b)
  return {
    count: list.length,
    mean: mean(list),
    deviation: list.length > 1 ? sampleStandardDeviation(list) : null,
    min: min(list),
    lowerQuartile: quantileSorted(list, 0.25),
    median: quantileSorted(list, 0.5),
    upperQuartile: quantileSorted(list, 0.75),
    max: max(list),
  }
}
