import { quantile } from '@tandem/process'

/** A value at a time. */
export interface Sample {
  /** In seconds. */
  readonly at: number
  readonly value: number
}

const middle = (values: readonly number[]): number =>
  quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  )

/**
 * Computes the Theil-Sen slope: the median of the slopes between all pairs of samples, per second.
 * Single outliers, such as the restart of a process, do not change it. 0 for fewer than two.
 */
export function slopeOf(samples: readonly Sample[]): number {
  const slopes = samples.flatMap((first, i) =>
    samples.slice(i + 1).flatMap((second) => {
      const seconds = second.at - first.at
      return seconds > 0 ? [(second.value - first.value) / seconds] : []
    }),
  )
  return middle(slopes)
}

/**
 * Returns the least sample of each group of consecutive samples. The memory of a process that
 * collects garbage rises and falls: a leak raises its floor.
 */
export function floorsOf(samples: readonly Sample[], groupSize: number): readonly Sample[] {
  const groups = Array.from({ length: Math.ceil(samples.length / groupSize) }, (_, i) =>
    samples.slice(i * groupSize, (i + 1) * groupSize),
  )
  return groups.flatMap((group) => group.toSorted((a, b) => a.value - b.value)[0] ?? [])
}

/** How much a value may grow during a run and still count as flat. */
export interface Tolerance {
  /** As a share of the median. */
  readonly share: number
  /** In the value's unit. The larger of both applies. */
  readonly absolute: number
}

/** The growth of a series. */
export interface Growth {
  readonly median: number
  /** The slope times the length of the series. */
  readonly growth: number
  readonly isFlat: boolean
}

/** Judges whether a series stays flat: its slope times its length must be within the tolerance. */
export function growthOf(samples: readonly Sample[], { share, absolute }: Tolerance): Growth {
  const seconds = (samples.at(-1)?.at ?? 0) - (samples[0]?.at ?? 0)
  const median = middle(samples.map(({ value }) => value))
  const growth = slopeOf(samples) * seconds
  return { median, growth, isFlat: growth <= Math.max(absolute, share * median) }
}
