import type { CompactRow, Readout, Rows } from '@tandem/proto'
import type { Failure } from '../errors.js'
import type { ModelVariant } from './engine.js'

/**
 * The validated work of one message. The engine applies the forks, the reorder, the steps in their
 * order, then the closes.
 */
export interface Work {
  readonly forks: readonly { readonly from: string; readonly to: string }[]
  readonly reorder: { readonly sessionIds: string[]; readonly parents: number[] } | null
  readonly steps: readonly Step[]
  readonly closeSessionIds: readonly string[]
}

/** Appends tokens to one session and reads out what follows them. */
export interface Step {
  /** Sessions of the same scope may reuse each other's prompts. Empty: no reuse. */
  readonly prefixScope: string
  readonly sessionId: string
  /** The model that the session runs on. */
  readonly variant: ModelVariant
  /** Number of tokens before the new ones. */
  readonly position: number
  /** Hash of the tokens before `position`. */
  readonly prefixHash: bigint
  /** Empty: read rows of the session's last step again. */
  readonly tokenIds: Uint32Array
  readonly rows: Rows
  readonly readouts: readonly Readout[]
  /** Readouts use only ids below this limit; at most the model's vocabulary size. */
  readonly vocabularyLimit: number
}

/** The result of one step. If it failed, `rows` is empty. */
export interface StepOutcome {
  /** Number of tokens that the session holds now. */
  readonly position: number
  readonly rows: readonly CompactRow[]
  readonly failure: Failure | null
}

/** The results of the work of one message. */
export interface WorkOutcome {
  /** One for each step; empty if the work as a whole failed. */
  readonly results: readonly StepOutcome[]
  /** Set if the work as a whole failed. */
  readonly failure: Failure | null
  /** Microseconds from the arrival to the first run. */
  readonly queueUs: number
  /** Microseconds of the runs that this work took part in. */
  readonly computeUs: number
  /** The runs that this work took part in, in order: the first `maxRuns` of them. */
  readonly runs: readonly ModelRun[]
}

/** Maximum number of runs in an outcome. A prompt of 8,000 tokens has 64 at the default chunk. */
export const maxRuns = 256

/** One run of the model, as one piece of work sees it. */
export interface ModelRun {
  /** Start, as `epochMs` gives it. */
  readonly startMs: number
  readonly durationMs: number
  /** Number of forwards in the run, of all work. */
  readonly batchSize: number
  readonly kind: 'decode' | 'prefill'
  /** Number of tokens that this work appended in the run. */
  readonly tokens: number
}
