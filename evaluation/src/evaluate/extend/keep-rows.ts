import type { AnswerJob, AnswerSettings } from '../../answers/answer-jobs.js'
import type { StageRows } from '../../answers/complete-file.js'
import type { Pool } from '../../answers/pool.js'
import { parseScoreRow, type ScoreJob } from '../../answers/score-jobs.js'
import type { Job } from '../../batch/index.js'
import { EvaluationAnswers } from '../answers/evaluation-answers.js'
import { type KnownRow, readKnownRows, withKnownRows } from './known-rows.js'
import type { EarlierRows } from './open-extended.js'
import { placeOfRow } from './place-of-row.js'
import { readPools } from './pools.js'

/** The rows of answers; those of an earlier run are taken over. */
export function keepAnswers(
  settings: AnswerSettings,
  earlier: EarlierRows | null,
  signal: AbortSignal,
): StageRows<AnswerJob> {
  const rows = new EvaluationAnswers(settings)
  if (!earlier) return rows
  const pools = readPools(earlier.settings.pools)
  const before = new EvaluationAnswers({ ...settings, pools })
  const placeOf = placeOfRow(pools, settings.pools)
  const parse = (value: unknown, number: number) =>
    before.isRow(value, number) ? { place: placeOf(number), row: value as object } : null
  // The jobs are in the order of the places.
  const count = (skip: number) => {
    let at = skip
    return () => at++
  }
  return withEarlier(rows, count, () => readKnownRows(earlier.path, parse, signal))
}

/**
 * The rows of scores; those of an earlier run are taken over, with the new numbers of their
 * answers.
 */
export function keepScores(
  rows: StageRows<ScoreJob>,
  earlier: EarlierRows | null,
  pools: readonly Pool[],
  signal: AbortSignal,
): StageRows<ScoreJob> {
  if (!earlier) return rows
  const placeOf = placeOfRow(readPools(earlier.settings.pools), pools)
  const parse = (value: unknown): KnownRow | null => {
    const row = parseScoreRow(value)
    if (row === null) return null
    const place = placeOf(row.answer)
    return { place, row: { ...row, answer: place } }
  }
  return withEarlier(
    rows,
    () => (job) => job.answer,
    () => readKnownRows(earlier.path, parse, signal),
  )
}

/**
 * Rows of which some are known.
 * @param placesFrom makes what gives the places of the jobs after the first `skip`, in order
 * @param read the known rows
 */
export const withEarlier = <J extends Job>(
  rows: StageRows<J>,
  placesFrom: (skip: number) => (job: J) => number,
  read: () => AsyncGenerator<KnownRow>,
): StageRows<J> => ({
  total: rows.total,
  rowOf: rows.rowOf,
  isRow: rows.isRow,
  jobs: (skip) => withKnownRows(rows.jobs(skip), placesFrom(skip), read()),
})
