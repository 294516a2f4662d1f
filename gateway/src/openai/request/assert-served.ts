import { Formula } from '../../decode/formula/formula.js'
import type { BoundStrategy } from '../../decode/strategies/bound-strategy.js'
import type { Pair } from '../../session/models/pair.js'
import { invalidRequest } from '../api-error.js'

/**
 * Asserts that the server has every model that a method reads.
 * @throws ApiError 400 that lists the server's models
 */
export function assertServed({ reads, parameters }: BoundStrategy, models: Pair['models']): void {
  const { lead, others } = reads([])
  const missing = [lead, ...others].find((name) => !models.has(name))
  if (missing === undefined) return
  const { param, place } = findMention(parameters, missing, 'decoding') ?? { param: 'decoding', place: '' }
  throw invalidRequest(
    `${param}: ${place}this server has no model "${missing}"; expected one of: ${[...models.keys()].join(', ')}`,
    param,
  )
}

/** Finds the field that names a model, and the place in the field. */
function findMention(value: unknown, model: string, param: string): { param: string; place: string } | undefined {
  if (value === model) return { param, place: '' }
  if (value instanceof Formula) {
    const position = value.models.get(model)
    return position === undefined ? undefined : { param, place: `at character ${position}: ` }
  }
  if (typeof value !== 'object' || value === null) return undefined
  const mentions = Object.entries(value).map(([key, item]) => findMention(item, model, `${param}.${key}`))
  return mentions.find((mention) => mention !== undefined)
}
