/** Ranks with the sizes of groups of equal values. */
export interface MidRanks {
  /** Rank of each value from 1 on; equal values share the mean of their ranks. */
  readonly ranks: readonly number[]
  /** Sizes of the groups of equal values. */
  readonly groupSizes: readonly number[]
}

/** Ranks values; equal values share the mean of their ranks. */
export function midRanks(values: readonly number[]): MidRanks {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  const rankOf = new Map<number, number>()
  let before = 0
  for (const [value, count] of [...counts].sort(([a], [b]) => a - b)) {
    rankOf.set(value, before + (count + 1) / 2)
    before += count
  }
  return { ranks: values.map((value) => rankOf.get(value) ?? Number.NaN), groupSizes: [...counts.values()] }
}
