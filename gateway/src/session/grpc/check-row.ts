import type { Readout, Row, Scores } from '../contract/session.js'

/**
 * Checks that a received row is a distribution and answers what was asked. Without this check a
 * strategy could pick a token from numbers that mean nothing.
 * @param limit only ids below it are used
 * @throws RangeError that says what was found
 */
export function checkRow(row: Row, readouts: readonly Readout[], limit: number): void {
  if (!Number.isFinite(row.logSumExp) || !Number.isFinite(row.max))
    throw new RangeError(`expected finite values, found max ${row.max} and log-sum-exp ${row.logSumExp}`)
  for (const [i, readout] of readouts.entries()) {
    const scores = row.scores[i] as Scores
    checkCount(scores, readout, limit)
    checkIds(scores, readout, limit)
    checkLogits(scores, row.max)
  }
}

function checkCount({ logits }: Scores, readout: Readout, limit: number): void {
  if (readout.kind === 'full' && logits.length !== limit)
    throw new RangeError(`expected the logits of all ${limit} ids, found ${logits.length}`)
  const leastCount = readout.kind === 'top-k' ? Math.min(readout.k, limit) : 1
  if ((readout.kind === 'top-k' || readout.kind === 'candidates') && logits.length < leastCount)
    throw new RangeError(`expected at least ${leastCount} ids for ${readout.kind}, found ${logits.length}`)
}

function checkIds({ tokenIds }: Scores, { kind }: Readout, limit: number): void {
  if (kind === 'full' || kind === 'gather') return
  const wrong = tokenIds.find((id) => id >= limit)
  if (wrong !== undefined) throw new RangeError(`expected ids below ${limit}, found ${wrong}`)
}

function checkLogits({ tokenIds, logits }: Scores, max: number): void {
  for (let i = 0; i < logits.length; i++)
    // Also false for NaN.
    if (!((logits[i] as number) <= max))
      throw new RangeError(`expected logits of at most the max ${max}, found ${logits[i]} for id ${tokenIds[i]}`)
}
