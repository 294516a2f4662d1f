import type { ModelScores, PickInput } from './reads.js'

/** log p of the id at a place of what was read, in float64 from the services' float32 logit and float64 log-sum-exp. */
export const logProbabilityAt = ({ row, scores }: ModelScores, at: number): number =>
  (scores.logits[at] ?? Number.NaN) - row.logSumExp

/** log p of every id read. */
export const logProbabilities = (read: ModelScores): Float64Array =>
  new Float64Array(read.scores.logits.length).map((_, at) => logProbabilityAt(read, at))

/** A(v) = log p_lead(v) - log p_other(v) of every id read (paper, eq. 7, with the DPO model in the lead). */
export function advantages({ lead, others: [other] }: Pick<PickInput, 'lead' | 'others'>): Float64Array {
  if (!other) throw new TypeError('the other model was not read')
  return logProbabilities(lead).map((logProbability, i) => logProbability - logProbabilityAt(other, i))
}

const none: ReadonlySet<number> = new Set()

/** The id with the greatest value; of equal ones the lowest id. @throws RangeError without ids, or where a value is no number */
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
  if (best < 0) throw new RangeError('there is no token to choose from: all are excluded')
  return best
}
