/** An interval from `low` to `high`. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/** A statistic with its interval. */
export interface Estimate {
  readonly value: number
  /** Number of values that it was computed from; usually prompts. */
  readonly count: number
  /** The interval; null if the values do not allow one. */
  readonly interval: Interval | null
  /** Why there is no interval; null if there is one. */
  readonly reason: string | null
}

/** How intervals are computed. */
export interface IntervalOptions {
  /** Number of bootstrap resamples. */
  readonly resamples?: number
  /** Seed of the resamples. Equal seeds give equal intervals. */
  readonly seed?: number
  /** Confidence level, from 0 to 1. */
  readonly level?: number
}

/** Intervals of reports: 95%, from 10,000 resamples with seed 1. */
export const defaultIntervalOptions: Required<IntervalOptions> = { resamples: 10_000, seed: 1, level: 0.95 }
