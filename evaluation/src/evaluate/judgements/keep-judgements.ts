import { isDeepStrictEqual } from 'node:util'
import type { StageRows } from '../../answers/complete-file.js'
import type { Fields } from '../../prompts/index.js'
import { readKnownRows } from '../extend/known-rows.js'
import type { EarlierRows } from '../extend/open-extended.js'
import { isExtension } from '../extend/pools.js'
import { type JudgePlace, type JudgeRow, parseJudgeRow } from '../judge/judge-row.js'
import type { JudgeJob, JudgeJobs } from './judge-jobs.js'

/** The rows of judgements; those of an earlier run with fewer strategies are taken over. */
export async function keepJudgements(
  jobs: JudgeJobs,
  earlier: EarlierRows | null,
  signal: AbortSignal,
): Promise<StageRows<JudgeJob>> {
  if (!earlier) return jobs
  const known = new Map<string, JudgeRow>()
  for await (const row of readKnownRows(earlier.path, parseJudgeRow, signal)) known.set(keyOf(row), row)
  const { total, rowOf, isRow } = jobs
  return { total, rowOf, isRow, jobs: (skip) => withVerdicts(jobs.jobs(skip), known) }
}

async function* withVerdicts(
  jobs: AsyncIterable<JudgeJob>,
  known: ReadonlyMap<string, JudgeRow>,
): AsyncGenerator<JudgeJob> {
  for await (const job of jobs) {
    const row = known.get(keyOf(job))
    yield row ? { ...job, known: row } : job
  }
}

const keyOf = ({ index, first, second }: JudgePlace): string => JSON.stringify([index, first, second])

/** Whether judgements are of the same judge, on some of the pairs, whose answers have been kept. */
export function isPartOfJudgements(before: Fields, now: Fields): boolean {
  const [given, wanted] = [listsOf(before), listsOf(now)]
  const hasPairs = given.pairs.every((pair) => wanted.pairs.some((other) => isDeepStrictEqual(pair, other)))
  const hasAnswers = given.answers.every((answers) => wanted.answers.some((others) => isKept(answers, others)))
  return hasPairs && hasAnswers && isDeepStrictEqual(before.judge, now.judge)
}

/** Without a strategy that picks, the judgements do not depend on the picker. */
function isKept(before: Fields, { reward_model: picker, ...now }: Fields): boolean {
  return isExtension(before, 'reward_model' in before ? { ...now, reward_model: picker } : now)
}

const listsOf = ({ pairs, answers }: Fields) => ({
  pairs: Array.isArray(pairs) ? (pairs as unknown[]) : [],
  answers: Array.isArray(answers) ? (answers as Fields[]) : [],
})
