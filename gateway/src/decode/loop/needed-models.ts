import { pairNames } from '@tandem/process'
import type { DecodeRequest } from './decode-request.js'

/**
 * Returns the names of the models that a request needs: those that its strategy reads, the DPO
 * model for log-probabilities, and both models of the pair for token details.
 */
export function neededModels({ strategy, topLogprobs, promptLogprobs, detail }: DecodeRequest): ReadonlySet<string> {
  const { lead, others } = strategy.reads([])
  return new Set([
    lead,
    ...others,
    ...(topLogprobs === null && promptLogprobs === null ? [] : ['dpo']),
    ...(detail && strategy.kind === 'token' ? pairNames : []),
  ])
}
