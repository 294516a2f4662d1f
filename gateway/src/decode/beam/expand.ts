import type { ScoredIds } from '../strategies/scored-ids.js'

/** A token that can extend a beam. */
export interface Continuation {
  /** Index of the extended beam among the live ones. */
  readonly parent: number
  readonly id: number
  /** Score of the whole beam with this token: the sum of its tokens' scores. */
  readonly score: number
}

/**
 * Returns the best continuations of all live beams by summed score, at most `count`.
 * Ties: the earlier beam, then the lower id.
 * @param beams the beams' scores so far, with the tokens that can extend them
 * @throws RangeError if there is no continuation, or if a score is not a number
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
  if (best.length === 0) throw new RangeError('found no token to choose from: all ids are excluded')
  return best
}

/**
 * Inserts into a sorted list of at most `count`. This avoids sorting the
 * whole vocabulary for a few tokens.
 */
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
