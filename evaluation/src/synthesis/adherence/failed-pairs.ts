import { isAlike } from './find-rejected.js'
import type { FailedSample, JudgedPrompt, Sample } from './judged-prompt.js'

/** Pairs of samples of one prompt. */
export interface FailedPairs {
  readonly pairs: readonly { readonly chosen: Sample; readonly failed: FailedSample }[]
  /** Failed samples that are in no pair. */
  readonly dropped: readonly FailedSample[]
}

/**
 * Pairs each sample of a prompt that fails a criterion with a good one of the same prompt that is
 * nearly as long and ends in the same way: the one in fewest of these pairs, then the best.
 * @param max - Maximum pairs.
 */
export function pairFailed({ samples, failed }: JudgedPrompt, max: number): FailedPairs {
  const pairs: { chosen: Sample; failed: FailedSample }[] = []
  const dropped: FailedSample[] = []
  const uses = new Map(samples.map((sample) => [sample, 0]))
  for (const rejected of failed) {
    const fitting = pairs.length < max ? samples.filter((chosen) => isAlike(chosen, rejected.sample)) : []
    const [chosen] = fitting.sort((a, b) => (uses.get(a) ?? 0) - (uses.get(b) ?? 0))
    if (chosen) {
      uses.set(chosen, (uses.get(chosen) ?? 0) + 1)
      pairs.push({ chosen, failed: rejected })
    } else dropped.push(rejected)
  }
  return { pairs, dropped }
}
