import type { Context, PreparedPair } from '@tandem/cli'
import type { Estimate } from './measure/statistics.js'
import type { Settings } from './settings.js'
import type { Kept } from './stack/kept.js'

/** The pair's own precision, or int8 activations rounded once: cheaper, and other tokens. */
export type Form = 'default' | 'fast'

/** What a case is given. */
export interface Bench {
  readonly context: Context
  readonly settings: Settings
  readonly form: Form
  /** Built in that form. */
  readonly pair: PreparedPair
  /** Ids of the cores that this program may use. */
  readonly cores: readonly number[]
  /** Processes that cases share. */
  readonly kept: Kept
}

export type Target = { readonly atLeast: number } | { readonly atMost: number }

/** One number that a case gives, by the key that the JSON has for it. */
export interface Measure {
  readonly key: string
  readonly what: string
  readonly unit: 'ratio' | 'percent' | 'seconds'
  /** Null: stands beside another number, and nothing is asked of it. */
  readonly target: Target | null
  /** Of the fast form, where it is another. */
  readonly fastTarget?: Target
}

export interface Measurement {
  readonly estimate: Estimate
  /** What belongs beside the number: the two sides of a ratio, what it was measured on. */
  readonly notes: readonly string[]
}

/** Something that a user would feel, measured. */
export interface Case {
  readonly name: string
  /** Runs only where it is named. */
  readonly isOptional?: boolean
  /** Known beforehand: each has a row even where the case cannot run. */
  readonly measures: readonly Measure[]
  readonly forms: readonly Form[]
  /**
   * Starts what it measures, or shares it with other cases (`Bench.kept`); what is its own it ends however it ends itself.
   * @returns measurements by key; a key left out was not measured here
   * @throws Unavailable where this machine lacks something
   */
  run(bench: Bench): Promise<Readonly<Record<string, Measurement>>>
}
