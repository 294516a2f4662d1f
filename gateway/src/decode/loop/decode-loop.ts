import type { ModelSessions } from './model-sessions.js'
import type { Token } from './token.js'

/**
 * Decodes one sequence: appends tokens to its sessions, reads logits and lets the strategy pick.
 * This folder works on token ids. It does not know text, HTTP or speculation.
 */
export interface DecodeLoop {
  /** Returns the next tokens of the answer, at least one. No token follows an end token. */
  next(): Promise<readonly Token[]>
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
}
