import type { ScoredIds } from '../strategies/scored-ids.js'

/** A token that a beam could go on with. */
export interface Continuation {
  /** Place of the beam among the live ones. */
  readonly parent: number
  readonly id: number
  /** Of the whole beam, this token included: the sum of its tokens' scores. */
  readonly score: number
}

/**
 * The best continuations of all live beams by summed score, at most `count`; ties: the earlier beam, then the lower id.
 * @param beams their scores so far, with what each of them can go on with
 * @throws RangeError where there is none, or where a score is no number
 */
export function expand(
  beams: readonly { readonly score: number; readonly next: ScoredIds }[],
  count: number,
): Continuation[] {
  const best: Continuation[] = []
  for (const [parent, { score, next }] of beams.entries())
    next.tokenIds.forEach((id, i) => {
      insert(best, { parent, id, score: score + scoreAt(next, i) }, count)
    })
  if (best.length === 0) throw new RangeError('there is no token to choose from: all are excluded')
  return best
}

/** Into a list that is sorted and stays so, and no longer than `count`: a whole vocabulary need not be sorted for a few. */
function insert(best: Continuation[], continuation: Continuation, count: number): void {
  let at = best.length
  for (let before = best[at - 1]; before && compare(continuation, before) < 0; before = best[at - 1]) at--
  if (at === count) return
  best.splice(at, 0, continuation)
  best.length = Math.min(best.length, count)
}

const compare = (a: Continuation, b: Continuation) => b.score - a.score || a.parent - b.parent || a.id - b.id

function scoreAt({ tokenIds, scores }: ScoredIds, at: number): number {
  const score = scores[at] ?? Number.NaN
  if (Number.isNaN(score)) throw new RangeError(`the score of token ${tokenIds[at]} is not a number`)
  return score
}
