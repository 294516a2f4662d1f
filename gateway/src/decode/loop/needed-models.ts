import { pairNames } from '@tandem/process'
import type { DecodeRequest } from './decode-request.js'

/**
 * Returns the names of the models that a request needs: those that its strategy reads, the
 * model whose log-probabilities are reported, and both models of the pair for token details.
 */
export function neededModels({
  strategy,
  logprobsOf,
  topLogprobs,
  promptLogprobs,
  detail,
}: DecodeRequest): ReadonlySet<string> {
  const { lead, others } = strategy.reads([])
  return new Set([
    lead,
    ...others,
    ...(topLogprobs === null && promptLogprobs === null ? [] : [logprobsOf]),
    ...(detail && strategy.kind === 'token' ? pairNames : []),
  ])
}
