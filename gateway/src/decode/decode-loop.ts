import { PlainLoop } from './plain-loop.js'
import type { Sessions } from './sessions.js'
import type { ModelRole } from './strategies/strategy.js'
import type { DecodeRequest, Token } from './token.js'
import { createWindowLoop } from './window/window-loop.js'

/** A request under way, asked for one token after another until its answer ends. Knows no text. */
export interface DecodeLoop {
  /** The next tokens of the answer, at least one. Nothing stands behind an end token. */
  next(): Promise<readonly Token[]>
}

export interface DecodeSurroundings {
  readonly sessions: Sessions
  /** Whether the two models take time from each other: then the other one is left alone as long as it can be. */
  readonly sharesDevice: boolean
}

/** The loop for a request's path. What a path cannot do better than `plain` is done plainly. */
export function createLoop(surroundings: DecodeSurroundings, request: DecodeRequest): DecodeLoop {
  const { sessions } = surroundings
  return isWindowed(request) ? createWindowLoop(surroundings, request) : new PlainLoop(sessions, request)
}

/** Windows need a choice among few ids, and say nothing of the model that they leave alone. */
function isWindowed({ path, method, detail, topLogprobs }: DecodeRequest): boolean {
  const { lead, readout } = method.reads([])
  const leadGivesLogprobs = topLogprobs === null || lead === ('dpo' satisfies ModelRole)
  return path !== 'plain' && readout.kind === 'candidates' && !detail && leadGivesLogprobs
}
