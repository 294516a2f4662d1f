import type { ModelScores, PickInput } from './reads.js'

/**
 * Returns log p of the id at an index, in float64 from the service's
 * float32 logit and float64 log-sum-exp.
 */
export const logProbabilityAt = ({ row, scores }: ModelScores, at: number): number =>
  (scores.logits[at] ?? Number.NaN) - row.logSumExp

/** Returns log p of each id read. */
export const logProbabilities = (read: ModelScores): Float64Array =>
  new Float64Array(read.scores.logits.length).map((_, at) => logProbabilityAt(read, at))

/**
 * Returns A(v) = log p_lead(v) - log p_other(v) of each id read (paper,
 * eq. 7, where the DPO model leads).
 */
export function advantages({ lead, others: [other] }: Pick<PickInput, 'lead' | 'others'>): Float64Array {
  if (!other) throw new TypeError('expected scores of a second model, found none')
  return logProbabilities(lead).map((logProbability, i) => logProbability - logProbabilityAt(other, i))
}

const none: ReadonlySet<number> = new Set()

/**
 * Returns the id with the greatest value; ties: the lowest id.
 * @throws RangeError if there is no id, or if a value is not a number
 */
export function argmax(tokenIds: Uint32Array, values: ArrayLike<number>, excluded = none): number {
  let best = -1
  let bestValue = Number.NEGATIVE_INFINITY
  tokenIds.forEach((id, i) => {
    if (excluded.has(id)) return
    const value = values[i] ?? Number.NaN
    if (Number.isNaN(value)) throw new RangeError(`the value of token ${id} is not a number`)
    if (best < 0 || value > bestValue || (value === bestValue && id < best)) {
      best = id
      bestValue = value
    }
  })
  if (best < 0) throw new RangeError('found no token to choose from: all ids are excluded')
  return best
}
