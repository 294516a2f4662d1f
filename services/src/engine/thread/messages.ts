import type { Failure } from '../../errors.js'
import type { EngineDescription } from '../engine.js'
import type { Work, WorkOutcome } from '../work.js'

/** Messages from the service's event loop (the host) to the worker thread that runs the model. */
export type HostMessage =
  | { readonly type: 'work-run'; readonly id: number; readonly work: Work; readonly sentAtMs: number }
  | { readonly type: 'work-cancel'; readonly id: number; readonly failure: Failure }
  | { readonly type: 'sessions-close'; readonly sessionIds: readonly string[] }

/** Messages from the worker thread to the host. */
export type WorkerMessage =
  | { readonly type: 'engine-ready'; readonly description: EngineDescription }
  | { readonly type: 'engine-failed'; readonly message: string }
  | { readonly type: 'work-done'; readonly id: number; readonly outcome: WorkOutcome }
