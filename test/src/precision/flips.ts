/** Where answers that should be the same are not. */
export interface Flips {
  readonly answers: number
  /** Answers with another token than the oracle's somewhere. */
  readonly differing: number
  /** Tokens up to the first that differs, itself included: what follows it has another context. */
  readonly compared: number
}

/** @param oracle answers by prompt; one that is longer or shorter differs where the other ends */
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

export const flipsTitle: readonly string[] = [
  '| computed | answers that differ | tokens compared | flips per 1,000 tokens |',
  '|---|---|---|---|',
]

export const flipRow = (name: string, { answers, differing, compared }: Flips): string =>
  `| ${name} | ${differing} of ${answers} | ${compared} | ${((1000 * differing) / compared).toFixed(1)} |`
