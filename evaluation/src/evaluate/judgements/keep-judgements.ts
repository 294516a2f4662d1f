import { isDeepStrictEqual } from 'node:util'
import type { StageRows } from '../../answers/complete-file.js'
import type { Fields } from '../../prompts/index.js'
import { withEarlier } from '../extend/keep-rows.js'
import { readKnownRows } from '../extend/known-rows.js'
import type { EarlierRows } from '../extend/open-extended.js'
import { isExtension } from '../extend/pools.js'
import { type JudgePlace, parseJudgeRow } from '../judge/judge-row.js'
import type { JudgeJob, JudgeJobs } from './judge-jobs.js'

/** The rows of judgements; those of an earlier run with fewer strategies are taken over. */
export function keepJudgements(jobs: JudgeJobs, earlier: EarlierRows | null, signal: AbortSignal): StageRows<JudgeJob> {
  if (!earlier) return jobs
  const placeOf = new Map(jobs.places.map((place, at) => [keyOf(place), at]))
  const parse = (value: unknown) => {
    const row = parseJudgeRow(value)
    return row && { place: placeOf.get(keyOf(row)) ?? -1, row }
  }
  return withEarlier(
    jobs,
    () => (job) => placeOf.get(keyOf(job)) ?? -1,
    () => readKnownRows(earlier.path, parse, signal),
  )
}

const keyOf = ({ index, first, second }: JudgePlace): string => JSON.stringify([index, first, second])

/** Whether judgements are of the same judge, on some of the pairs, whose answers have been kept. */
export function isPartOfJudgements(before: Fields, now: Fields): boolean {
  const [given, wanted] = [listsOf(before), listsOf(now)]
  const hasPairs = given.pairs.every((pair) => wanted.pairs.some((other) => isDeepStrictEqual(pair, other)))
  const hasAnswers = given.answers.every((answers, i) => {
    const { reward_model: picker, ...others } = wanted.answers[i] ?? {}
    // Without a strategy that picks, the judgements do not depend on the picker.
    return isExtension(answers, 'reward_model' in answers ? { ...others, reward_model: picker } : others)
  })
  return (
    hasPairs &&
    hasAnswers &&
    given.answers.length <= wanted.answers.length &&
    isDeepStrictEqual(before.judge, now.judge)
  )
}

const listsOf = ({ pairs, answers }: Fields) => ({
  pairs: Array.isArray(pairs) ? (pairs as unknown[]) : [],
  answers: Array.isArray(answers) ? (answers as Fields[]) : [],
})
