import type { Context, PreparedPair } from '@tandem/cli'
import type { Form, Measure, Measurement } from './measure/measure.js'
import type { Settings } from './settings.js'
import type { SharedProcesses } from './shared-processes.js'

/** The arguments of a case. */
export interface Bench {
  readonly context: Context
  readonly settings: Settings
  readonly form: Form
  /** The pair, built in that form. */
  readonly pair: PreparedPair
  /** Ids of the cores that this program may use. */
  readonly cores: readonly number[]
  readonly shared: SharedProcesses
}

/** One thing that a user notices, and how to measure it. */
export interface Case {
  readonly name: string
  /** Whether the case runs only if the command line names it. */
  readonly isOptional?: boolean
  /** Known before the case runs, so that each measure has a row even if the case cannot run. */
  readonly measures: readonly Measure[]
  readonly forms: readonly Form[]
  /**
   * Starts the processes of the case or shares them through `bench.shared`. The case ends the
   * processes that it does not share, also if it fails.
   * @returns measurements by key; a missing key was not measured on this machine
   * @throws Unavailable if this machine lacks something that the case needs
   */
  run(bench: Bench): Promise<Readonly<Record<string, Measurement>>>
}
