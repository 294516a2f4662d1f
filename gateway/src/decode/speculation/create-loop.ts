import type { DecodeLoop, DecodeSurroundings } from '../loop/decode-loop.js'
import { PlainLoop } from '../loop/plain-loop.js'
import type { TokenRequest } from '../loop/decode-request.js'
import { createWindowLoop } from './speculative-loop.js'

/** The loop for a request's path. What a path cannot do better than `plain` is done plainly. */
export function createLoop(surroundings: DecodeSurroundings, request: TokenRequest): DecodeLoop {
  const { sessions } = surroundings
  return isWindowed(request) ? createWindowLoop(surroundings, request) : new PlainLoop(sessions, request)
}

/** Windows need a choice among few ids as the model gives them, have one other model at most, and say nothing of it. */
function isWindowed({ path, method, detail, topLogprobs, adjustments }: TokenRequest): boolean {
  const { lead, readout, others } = method.reads([])
  const leadGivesLogprobs = topLogprobs === null || lead === 'dpo'
  if (path === 'plain' || adjustments || detail) return false
  return readout.kind === 'candidates' && others.length <= 1 && leadGivesLogprobs
}
