/**
 * Returns a quantile by the nearest rank, which is always one of the values; 0 without values.
 * @param sorted the values, the least one first
 * @param share from 0 to 1: 0.5 for the median
 */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
