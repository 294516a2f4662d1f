import type { Failure } from '../errors.js'
import type { ModelVariant } from './engine.js'
import type { Readout, RowReadout } from './logits/readout.js'

export type { Readout, RowReadout, Scores } from './logits/readout.js'

/** One request: forks, then the reorder, then the steps in their order, then the closes. Already checked in itself. */
export interface Work {
  forks: { from: string; to: string }[]
  reorder: { sessionIds: string[]; parents: number[] } | null
  steps: Step[]
  closeSessionIds: string[]
}

export interface Step {
  /** Sessions of one scope may reuse each other's prompts; empty: none. */
  prefixScope: string
  sessionId: string
  /** Which model the session is one of. */
  variant: ModelVariant
  position: number
  /** Of the tokens before `position`. */
  prefixHash: bigint
  /** Empty: read rows of the session's last step again. */
  tokenIds: Uint32Array
  rows: 'none' | 'last' | 'all'
  readouts: Readout[]
  /** Only ids below this take part; at most the model's vocabulary size. */
  vocabularyLimit: number
}

export interface StepOutcome {
  /** Tokens that the session holds now. */
  position: number
  rows: RowReadout[]
  failure: Failure | null
}

export interface WorkOutcome {
  results: StepOutcome[]
  /** Set where the work as a whole failed; then `results` is empty. */
  failure: Failure | null
  queueUs: number
  computeUs: number
}
