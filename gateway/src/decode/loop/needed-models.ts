import { pairNames } from '../../session/model-name.js'
import type { DecodeRequest } from './decode-request.js'

/** Which models a request needs: those that its strategy reads, the DPO model for log-probabilities, the pair for detail of tokens. */
export function modelsOf({ method, topLogprobs, promptLogprobs, detail }: DecodeRequest): ReadonlySet<string> {
  const { lead, others } = method.reads([])
  return new Set([
    lead,
    ...others,
    ...(topLogprobs === null && promptLogprobs === null ? [] : ['dpo']),
    ...(detail && method.kind === 'token' ? pairNames : []),
  ])
}
