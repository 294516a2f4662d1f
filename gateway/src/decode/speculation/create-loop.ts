import type { DecodeLoop, LoopContext } from '../loop/decode-loop.js'
import type { TokenRequest } from '../loop/decode-request.js'
import { PlainLoop } from '../loop/plain-loop.js'
import { TimedLoop } from '../loop/timed-loop.js'
import { createSpeculativeLoop } from './create-speculative-loop.js'

/**
 * Creates the loop for a request's path. Requests that cannot be speculated on get the plain loop.
 * This folder saves forwards and changes no token. It does not know text or HTTP.
 */
export function createLoop(context: LoopContext, request: TokenRequest): DecodeLoop {
  const loop = canSpeculate(request)
    ? createSpeculativeLoop(context, request)
    : new PlainLoop(context.sessions, request)
  return new TimedLoop(loop, context)
}

/**
 * Speculation needs a strategy that chooses from unadjusted candidates and reads at most one other
 * model. It can report the leading model's log-probabilities, but no token details.
 */
function canSpeculate({ path, strategy, detail, topLogprobs, logprobsOf, adjustments }: TokenRequest): boolean {
  const { lead, readout, others } = strategy.reads([])
  const leadGivesLogprobs = topLogprobs === null || lead === logprobsOf
  if (path === 'plain' || adjustments || detail) return false
  return readout.kind === 'candidates' && others.length <= 1 && leadGivesLogprobs
}
