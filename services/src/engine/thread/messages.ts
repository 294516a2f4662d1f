import type { Failure } from '../../errors.js'
import type { EngineDescription } from '../engine.js'
import type { Work, WorkOutcome } from '../work.js'

/** What crosses between the service's event loop (host) and the worker thread that runs the model. Closed unions. */
export type HostMessage =
  | { type: 'work-run'; id: number; work: Work; sentAtMs: number }
  | { type: 'work-cancel'; id: number; failure: Failure }
  | { type: 'sessions-close'; sessionIds: string[] }

export type WorkerMessage =
  | { type: 'engine-ready'; description: EngineDescription }
  | { type: 'engine-failed'; message: string }
  | { type: 'work-done'; id: number; outcome: WorkOutcome }
