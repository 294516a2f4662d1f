import type { Failure } from '../errors.js'
import type { EngineDescription, ModelVariant } from './engine.js'

/** What crosses between the service's event loop (host) and the worker thread that runs the model. Closed unions. */
export type HostMessage =
  | { type: 'work-run'; id: number; work: Work; sentAtMs: number }
  | { type: 'work-cancel'; id: number; failure: Failure }
  | { type: 'sessions-close'; sessionIds: string[] }

export type WorkerMessage =
  | { type: 'engine-ready'; description: EngineDescription }
  | { type: 'engine-failed'; message: string }
  | { type: 'work-done'; id: number; outcome: WorkOutcome }

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

export type Readout =
  | { kind: 'candidates'; alpha: number; exclude: Uint32Array }
  /** One list of ids for each row, or one for all. */
  | { kind: 'gather'; rows: Uint32Array[] }
  | { kind: 'top-k'; k: number }
  | { kind: 'full' }

export interface Scores {
  /** null where the asker knows the ids: gather, full. */
  tokenIds: Uint32Array | null
  logits: Float32Array
}

export interface RowReadout {
  logSumExp: number
  max: number
  /** One for each readout, in their order. */
  scores: Scores[]
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

/** Milliseconds since 1970 with microseconds, comparable between threads. */
export const epochMs = () => performance.timeOrigin + performance.now()
