import type { ServiceCall } from '../../session/contract/service-call.js'
import type { ModelSessions } from './model-sessions.js'
import type { StepTracer } from './step-tracer.js'
import type { PickedToken, Token } from './token.js'

/**
 * Decodes one sequence: appends tokens to its sessions, reads logits and lets the strategy pick.
 * This folder works on token ids. It does not know text, HTTP or speculation.
 */
export interface DecodeLoop {
  /** Returns the next tokens of the answer, at least one. No token follows an end token. */
  next(): Promise<readonly Token[]>
}

/** The result of one step. */
export interface LoopStep {
  /** At least one. */
  readonly tokens: readonly PickedToken[]
  /** Number of tokens that speculation proposed. */
  readonly drafted: number
  /** Number of proposed tokens that the strategy then chose. */
  readonly accepted: number
}

/** A decode loop that does not know time. TimedLoop makes it a DecodeLoop. */
export interface TokenLoop {
  /** Runs one step. */
  next(): Promise<LoopStep>
}

/** What a loop needs in addition to the request. */
export interface LoopContext {
  readonly sessions: ModelSessions
  /**
   * Whether two models slow each other down. If so, the loop runs the model that
   * does not lead as late as possible.
   */
  sharesDevice(a: string, b: string): boolean
  /** Whether draft tokens would slow other answers down now. */
  isBusy(): boolean
  /** Index of the answer to the prompt. */
  readonly answer: number
  /** Calls that sent the prompt before the loop was created. They count in the first token. */
  readonly promptCalls: readonly ServiceCall[]
  /** Is told about each step. Undefined traces nothing. */
  readonly steps?: StepTracer | undefined
}
