import type { ModelRun } from '../engine/work.js'
import type { Failure } from '../errors.js'

/** What metrics and spans say about a message that has been answered: no tokens, no ids. */
export interface ServedMessage {
  /** Role of the message's steps; "dpo,sft" if it has steps of both models of a pair. */
  readonly role: string
  /** W3C trace context; empty or not valid if the message belongs to no trace. */
  readonly traceparent: string
  /** Number of tokens that the message appends. */
  readonly tokens: number
  /** Arrival, as `epochMs` gives it. */
  readonly arrivedMs: number
  /** When the answer was ready. */
  readonly answeredMs: number
  readonly work: MessageWork
  /** What the service refused or what failed: the whole message, or some of its steps. */
  readonly failures: readonly MessageFailure[]
}

/** The engine's part in a message. */
export interface MessageWork {
  /** Microseconds from the arrival to the first run. */
  readonly queueUs: number
  readonly computeUs: number
  /** The first of the runs that the message took part in; empty if it took part in none. */
  readonly runs: readonly ModelRun[]
}

/** A failure, and the role of the step or of the message that failed. */
export interface MessageFailure extends Pick<Failure, 'code' | 'message'> {
  readonly role: string
}

/** The work of a message that the engine did not answer. */
export const noWork: MessageWork = { queueUs: 0, computeUs: 0, runs: [] }
