import { createRandomIndex } from './random-index.js'
import { type ResampleIndices, resampleIndices } from './resample-indices.js'
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
  const source = Float64Array.from(values)
  const indices = resampleIndices(source.length, resamples, seed)
  return indices ? meansAt(source, indices, resamples) : drawnMeans(source, resamples, seed)
}

/** Draws each index when it is needed: `meansAt` without memory for them, and slower. */
export function drawnMeans(values: Float64Array, resamples: number, seed: number): Float64Array {
  const randomIndex = createRandomIndex(seed)
  return new Float64Array(resamples).map(() => {
    let sum = 0
    for (let i = 0; i < values.length; i++) sum += values[randomIndex(values.length)] ?? 0
    return sum / values.length
  })
}

/**
 * Sums four resamples at a time. An addition waits for the one before it in the same sum, and not
 * for those of other sums. Each sum adds its values in their order, so that no bit differs.
 */
function meansAt(values: Float64Array, indices: ResampleIndices, resamples: number): Float64Array {
  const count = values.length
  const means = new Float64Array(resamples)
  const grouped = resamples - (resamples % 4)
  for (let row = 0; row < grouped; row += 4) {
    const [start, second, third, fourth] = [row * count, (row + 1) * count, (row + 2) * count, (row + 3) * count]
    let [a, b, c, d] = [0, 0, 0, 0]
    for (let i = 0; i < count; i++) {
      a += values[indices[start + i] ?? 0] ?? 0
      b += values[indices[second + i] ?? 0] ?? 0
      c += values[indices[third + i] ?? 0] ?? 0
      d += values[indices[fourth + i] ?? 0] ?? 0
    }
    means[row] = a / count
    means[row + 1] = b / count
    means[row + 2] = c / count
    means[row + 3] = d / count
  }
  for (let row = grouped; row < resamples; row++) means[row] = meanAt(values, indices, row * count)
  return means
}

function meanAt(values: Float64Array, indices: ResampleIndices, start: number): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[indices[start + i] ?? 0] ?? 0
  return sum / values.length
}
