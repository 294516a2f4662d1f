import { completeFile } from '../../answers/complete-file.js'
import { readRows } from '../../answers/read-rows.js'
import { nameOf } from '../../batch/index.js'
import type { Fields } from '../../prompts/index.js'
import { exchanged, type JudgedOrder, type Judgement } from '../../report/index.js'
import { evaluationPaths } from '../evaluation-paths.js'
import { openExtended, removeEarlier } from '../extend/open-extended.js'
import { type JudgeRow, parseJudgeRow } from '../judge/judge-row.js'
import type { OpenedJudge } from '../judge/opened-judge.js'
import { orderOutcome } from '../judge/verdict/order-outcome.js'
import type { EvaluationOptions } from '../options.js'
import type { CompletedPart } from '../prepared-part.js'
import { type Comparison, readComparisons } from './comparisons.js'
import { JudgeJobs } from './judge-jobs.js'
import { judgeSettings } from './judge-settings.js'
import { isPartOfJudgements, keepJudgements } from './keep-judgements.js'

/**
 * Asks the judge for both orders of every comparison, and writes its judgements.
 * @returns the outcome of every comparison
 * @throws Error if the file was begun with another judge; errors of `runJobs`
 */
export async function judgeAnswers(
  options: EvaluationOptions,
  parts: readonly CompletedPart[],
  opened: OpenedJudge,
): Promise<Judgement[]> {
  const { judge, parameters, pairs } = opened
  const path = evaluationPaths(options.out).judgements(judge.name)
  const settings: Fields = judgeSettings(options, parts, opened)
  const { manifest, earlier } = await openExtended(path, settings, isPartOfJudgements)
  const read = () => readComparisons(parts, pairs)
  const comparisons: Comparison[] = []
  for await (const { index, promptId, first, second, isEqual } of read())
    comparisons.push({ index, promptId, first, second, isEqual })
  const jobs = new JudgeJobs({ judge, parameters, comparisons, read, name: nameOf(settings) })
  // The endpoint does not say how many requests it works on.
  const facts = { concurrentRequests: null }
  const rows = await keepJudgements(jobs, earlier, options.signal)
  await completeFile({ ...options, server: judge.server }, facts, { stage: 'judgements', out: path, manifest }, rows)
  await removeEarlier(path)
  return readJudgements(comparisons, path, options.signal)
}

async function readJudgements(
  comparisons: readonly Comparison[],
  path: string,
  signal: AbortSignal,
): Promise<Judgement[]> {
  const rows = readRows(path, parseJudgeRow, signal)
  const next = async (): Promise<JudgeRow> => {
    const { value, done } = await rows.next()
    if (done) throw new Error(`${path} has too few rows: run the same command again`)
    return value
  }
  const judgements: Judgement[] = []
  try {
    for (const { promptId: prompt, first, second, isEqual } of comparisons) {
      const orders: Judgement['orders'] = isEqual ? null : [orderOf(await next()), exchanged(orderOf(await next()))]
      judgements.push({ prompt, first, second, score: orders === null ? 0.5 : orderOutcome(orders), orders })
    }
  } finally {
    await rows.return(undefined)
  }
  return judgements
}

/** What a row says of the places. */
const orderOf = ({ verdict, error }: JudgeRow): JudgedOrder => verdict ?? (error === null ? 'unparsed' : 'refused')
