/** The values by which a complete beam is ranked. */
export interface RankedBeam {
  /** Sum of the tokens' scores. */
  readonly score: number
  /** Number of tokens, including the end token. */
  readonly length: number
}

/**
 * Returns score / length ** penalty. Penalty 0 compares sums and 1 compares means.
 * A greater penalty favours longer answers if scores are negative.
 */
export const normalizedScore = ({ score, length }: RankedBeam, penalty: number): number => score / length ** penalty

/**
 * Returns the beams to answer with, best first. Ties: the beam that ended earlier.
 * @param live unfinished beams; they take part only if fewer than `width` beams have finished
 */
export function rank<T extends RankedBeam>(
  finished: readonly T[],
  live: readonly T[],
  { width, lengthPenalty }: { readonly width: number; readonly lengthPenalty: number },
): T[] {
  const pool = finished.length < width ? [...finished, ...live] : [...finished]
  return pool.sort((a, b) => normalizedScore(b, lengthPenalty) - normalizedScore(a, lengthPenalty))
}
