import type { Sessions } from './model-sessions.js'
import type { Token } from './token.js'

/** A request under way, asked for one token after another until its answer ends. Knows no text. */
export interface DecodeLoop {
  /** The next tokens of the answer, at least one. Nothing stands behind an end token. */
  next(): Promise<readonly Token[]>
}

export interface DecodeSurroundings {
  readonly sessions: Sessions
  /** Whether two models take time from each other: then the one that does not lead is left alone as long as it can be. */
  sharesDevice(a: string, b: string): boolean
  /** Whether guesses take other answers' time now. */
  isCrowded(): boolean
}
