import { compiled, ndtr, ndtri, stdtr } from 'cephes'

// Cephes is the library that scipy used for these functions. It is WebAssembly, which loads once.
await compiled

/** Returns the distribution function of the standard normal distribution. */
export const normalDistribution = (z: number): number => ndtr(z)

/** Returns the quantile of the standard normal distribution: -Infinity at 0, Infinity at 1. */
export function normalQuantile(share: number): number {
  if (share <= 0) return Number.NEGATIVE_INFINITY
  return share >= 1 ? Number.POSITIVE_INFINITY : ndtri(share)
}

/** Returns the two-sided p-value of Student's t with the given degrees of freedom. */
export const tTestProbability = (t: number, degrees: number): number => Math.min(1, 2 * stdtr(degrees, -Math.abs(t)))
