import { createRandomIndex } from './random-index.js'
import { StatisticsError } from './statistics-error.js'

const maxResamples = 1_000_000

/**
 * Returns the means of resamples: each draws as many values as there are, with replacement (Efron
 * and Tibshirani, An Introduction to the Bootstrap, 1993, section 6.2). Values of equal number and
 * seed are drawn at equal places, so that resamples of paired lists are paired.
 */
export function bootstrapMeans(values: readonly number[], resamples: number, seed: number): Float64Array {
  if (!Number.isInteger(resamples) || resamples < 1 || resamples > maxResamples)
    throw new StatisticsError(`resamples is ${resamples}: expected a whole number from 1 to ${maxResamples}`)
  const randomIndex = createRandomIndex(seed)
  const source = Float64Array.from(values)
  return new Float64Array(resamples).map(() => resampledMean(source, randomIndex))
}

function resampledMean(values: Float64Array, randomIndex: (limit: number) => number): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[randomIndex(values.length)] ?? 0
  return sum / values.length
}
