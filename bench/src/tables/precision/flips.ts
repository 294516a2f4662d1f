/** Number of answers that differ although they should be equal. */
export interface Flips {
  readonly answers: number
  /** Number of answers with at least one token that is not the oracle's. */
  readonly differing: number
  /**
   * Number of tokens up to and including the first that differs. Later tokens are not compared,
   * because they have another context.
   */
  readonly compared: number
}

/**
 * Counts the differences between answers.
 * @param oracle expected answers, one per prompt; if one answer is longer, the two differ at the
 *   end of the shorter
 */
export function sumFlips(oracle: readonly (readonly number[])[], found: readonly (readonly number[])[]): Flips {
  let differing = 0
  let compared = 0
  oracle.forEach((expected, i) => {
    const answer = found[i] ?? []
    const length = Math.max(expected.length, answer.length)
    let same = 0
    while (same < length && expected[same] === answer[same]) same++
    if (same < length) differing++
    compared += Math.min(same + 1, length)
  })
  return { answers: oracle.length, differing, compared }
}

/** The first two lines of the table. */
export const flipsTitle: readonly string[] = [
  '| computed | answers that differ | tokens compared | flips per 1,000 tokens |',
  '|---|---|---|---|',
]

/** Returns one row of the table. */
export const flipRow = (name: string, { answers, differing, compared }: Flips): string =>
  `| ${name} | ${differing} of ${answers} | ${compared} | ${((1000 * differing) / compared).toFixed(1)} |`
