import type { PickInput } from './strategy.js'

/**
 * A(v) = log p_lead(v) - log p_other(v) of every id read (paper, eq. 7, with the DPO model in the lead), in float64 from the
 * services' float32 logits and float64 log-sum-exp.
 */
export function advantages({ lead, others: [other] }: Pick<PickInput, 'lead' | 'others'>): Float64Array {
  if (!other) throw new TypeError('the other model was not read')
  return Float64Array.from(lead.scores.logits, (logit, i) => {
    const otherLogit = other.scores.logits[i] ?? Number.NaN
    return logit - lead.row.logSumExp - (otherLogit - other.row.logSumExp)
  })
}

/** The id with the greatest value; of equal ones the lowest id. @throws RangeError without ids, or where a value is no number */
export function argmax(tokenIds: Uint32Array, values: ArrayLike<number>): number {
  let best = -1
  let bestValue = Number.NEGATIVE_INFINITY
  tokenIds.forEach((id, i) => {
    const value = values[i] ?? Number.NaN
    if (Number.isNaN(value)) throw new RangeError(`the value of token ${id} is not a number`)
    if (best < 0 || value > bestValue || (value === bestValue && id < best)) {
      best = id
      bestValue = value
    }
  })
  if (best < 0) throw new RangeError('there is no token to choose from: all are excluded')
  return best
}
