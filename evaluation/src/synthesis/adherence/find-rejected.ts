import { isRight } from '../../criteria/expected.js'
import { topicShare } from '../../criteria/topic.js'
import { isIdentical } from '../preference/preference-pair.js'
import type { JudgedPrompt, Sample } from './judged-prompt.js'

/** A good sample of a prompt of the same kind. */
export interface Candidate {
  readonly source: JudgedPrompt
  readonly sample: Sample
  /** Number of pairs in which it is the rejected side. */
  uses: number
}

/** Maximum difference of the lengths of a pair, as a share of the chosen one. */
const lengthTolerance = 0.1

/** Whether two lengths are nearly the same: they differ by at most a tenth of the first, or 1. */
export const isNear = (chosen: number, rejected: number): boolean =>
  Math.abs(chosen - rejected) <= Math.max(1, Math.floor(chosen * lengthTolerance))

/**
 * Finds the rejected side for a chosen sample: a good sample of another prompt that is nearly as
 * long, ends in the same way, and fits this prompt less. The least used one wins, then the one of
 * the lowest rank.
 * @returns null if there is none
 */
export function findRejected(asked: JudgedPrompt, chosen: Sample, candidates: readonly Candidate[]): Candidate | null {
  let best: Candidate | null = null
  for (const candidate of candidates) {
    if (best && !isBefore(candidate, best)) continue
    if (fits(asked, chosen, candidate)) best = candidate
  }
  return best
}

const isBefore = (a: Candidate, b: Candidate) => a.uses < b.uses || (a.uses === b.uses && a.sample.rank < b.sample.rank)

/** Whether two samples are nearly as long and end in the same way. */
export const isAlike = (chosen: Sample, rejected: Sample): boolean =>
  isNear(chosen.length, rejected.length) && chosen.answer.finishReason === rejected.answer.finishReason

function fits(asked: JudgedPrompt, chosen: Sample, { source, sample }: Candidate): boolean {
  if (source === asked || !isAlike(chosen, sample) || isIdentical(chosen.answer, sample.answer)) return false
  if (asked.expected.length > 0) return !isRight(asked.expected, sample.answer.text)
  const topic = topicShare(asked.stems, sample.stems)
  return topic === null || topic < (chosen.topic ?? 0)
}
