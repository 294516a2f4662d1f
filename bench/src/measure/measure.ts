import type { Estimate } from './statistics.js'

/** The form of the pair: its own precision, or `fast`, which is cheaper and changes tokens. */
export type Form = 'default' | 'fast'

/** The value that a measure must reach. */
export type Target = { readonly atLeast: number } | { readonly atMost: number }

/** One number that a case measures. */
export interface Measure {
  /** The key of the number in the JSON report. */
  readonly key: string
  readonly what: string
  readonly unit: 'ratio' | 'percent' | 'seconds'
  /** Null if the number only explains another one and has no target. */
  readonly target: Target | null
  /** The target of the fast form, if it differs. */
  readonly fastTarget?: Target
}

/** A measured number with its context. */
export interface Measurement {
  readonly estimate: Estimate
  /**
   * Facts to print next to the number: the two sides of a ratio, or the object of the measurement.
   */
  readonly notes: readonly string[]
}
