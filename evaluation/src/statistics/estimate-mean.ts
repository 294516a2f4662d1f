import { mean } from 'simple-statistics'
import { bcaInterval } from './bca-interval.js'
import { bootstrapMeans } from './bootstrap-means.js'
import { defaultIntervalOptions, type Estimate, type IntervalOptions } from './estimate.js'
import { requireFinite, requireSome } from './statistics-error.js'

/**
 * Estimates a mean with its bootstrap interval (BCa). The mean oracle score of one answer for each
 * prompt is R of the paper (section 5).
 * @param name what the values are, for errors
 */
export function estimateMean(name: string, values: readonly number[], options: IntervalOptions = {}): Estimate {
  requireSome(name, values)
  requireFinite(name, values)
  const { resamples, seed, level } = { ...defaultIntervalOptions, ...options }
  const bare = { value: mean([...values]), count: values.length }
  if (values.length === 1) return { ...bare, interval: null, reason: 'one value has no spread' }
  if (values.every((value) => value === values[0]))
    return { ...bare, interval: null, reason: `all ${values.length} values are equal` }
  const interval = bcaInterval(values, bootstrapMeans(values, resamples, seed), level)
  return { ...bare, interval, reason: interval ? null : 'the resampled means do not spread around the mean' }
}
