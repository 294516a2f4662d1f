/** What a whole beam is ranked by. */
export interface Ranked {
  /** Sum of its tokens' scores. */
  readonly score: number
  /** In tokens, an end token included. */
  readonly length: number
}

/** score / length^penalty: 0 compares sums, 1 means; a greater penalty favours longer answers where scores are negative. */
export const normalizedScore = ({ score, length }: Ranked, penalty: number): number => score / length ** penalty

/**
 * The beams to answer with, best first; ties: the one that ended earlier.
 * @param live those that did not end: they join where fewer than `width` have finished
 */
export function rank<T extends Ranked>(
  finished: readonly T[],
  live: readonly T[],
  { width, lengthPenalty }: { readonly width: number; readonly lengthPenalty: number },
): T[] {
  const pool = finished.length < width ? [...finished, ...live] : [...finished]
  return pool.sort((a, b) => normalizedScore(b, lengthPenalty) - normalizedScore(a, lengthPenalty))
}
