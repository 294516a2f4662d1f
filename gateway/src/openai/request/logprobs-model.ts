import type { BoundStrategy } from '../../decode/strategies/bound-strategy.js'
import type { Pair } from '../../session/models/pair.js'
import { invalidRequest } from '../api-error.js'

/** The model whose log-probabilities are reported for strategies that compare models. */
export const usualLogprobsModel = 'dpo'

/**
 * Returns the model whose log-probabilities are reported. Evaluations score a model by the name of
 * a greedy or sampling method: they want the probabilities of that model.
 * @param named the model that the request names
 * @throws ApiError 400 if the server does not have the named model
 */
export function resolveLogprobsModel(
  named: string | undefined,
  { kind, reads }: BoundStrategy,
  models: Pair['models'],
): string {
  if (named !== undefined) return assertServedModel(named, models)
  const { lead, others } = reads([])
  return kind === 'token' && others.length === 0 ? lead : usualLogprobsModel
}

function assertServedModel(name: string, models: Pair['models']): string {
  if (models.has(name)) return name
  const param = 'decoding.logprobs_of'
  throw invalidRequest(
    `${param}: this server has no model "${name}"; expected one of: ${[...models.keys()].join(', ')}`,
    param,
  )
}
