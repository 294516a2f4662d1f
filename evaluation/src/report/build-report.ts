import { estimateMean, type IntervalOptions, summarizeOutcomes } from '../statistics/index.js'
import { bestOfNFigure } from './figures/best-of-n-figure.js'
import type { Figure } from './figures/figure.js'
import { type Differences, histogramFigure } from './figures/histogram-figure.js'
import { sweepFigure } from './figures/sweep-figure.js'
import type { Report } from './report.js'
import { describeMissing } from './results/missing-answers.js'
import type { EvaluationResults } from './results/results-schema.js'
import { ScoredResults, type Setting } from './results/scored-results.js'
import { describeUnjudged } from './results/unjudged.js'
import { accuracyTable } from './tables/accuracy-table.js'
import { baselineTable } from './tables/baseline-table.js'
import { bestOfNTable, type PoolCurves, poolCurves } from './tables/best-of-n-table.js'
import { criteriaTable } from './tables/criteria-table.js'
import { judgeTable } from './tables/judge-table.js'
import { lengthTable } from './tables/length-table.js'
import { differences } from './tables/method-scores.js'
import { paperTable } from './tables/paper-table.js'
import { ratingsTable } from './tables/ratings-table.js'
import { type SweepPoint, sweepPoints, sweepTable } from './tables/sweep-table.js'
import type { Table } from './tables/table.js'
import { testsTable } from './tables/tests-table.js'

/** Builds the report of an evaluation: its tables and figures in the forms of the paper. */
export function buildReport(results: EvaluationResults, options: IntervalOptions = {}): Report {
  const scored = new ScoredResults(results)
  const curves = poolCurves(scored, options)
  const points = sweepPoints(scored, options)
  const figures = [
    ...curves.map((curve) => bestOfNFigure(curve, results.reference, referenceReward(scored, curve, options))),
    ...sweepFigures(scored, points, options),
    ...histograms(scored, options),
  ]
  return {
    title: results.title,
    facts: factsOf(results),
    notes: [...describeMissing(scored), ...describeUnjudged(scored)],
    tables: tablesOf(scored, curves, points, options),
    figures: withDifferentIds(figures),
  }
}

function tablesOf(
  scored: ScoredResults,
  curves: readonly PoolCurves[],
  points: readonly SweepPoint[],
  options: IntervalOptions,
): Table[] {
  const tables = [
    paperTable(scored, options),
    testsTable(scored, options),
    baselineTable(scored, options),
    judgeTable(scored, options),
    ratingsTable(scored, options),
    criteriaTable(scored, options),
    lengthTable(scored),
    bestOfNTable(curves),
    sweepTable(points, scored.results.reference),
    accuracyTable(scored.results, options),
  ]
  return tables.filter((table) => table !== null)
}

/** Numbers figures whose names differ only in characters that a file's name does not keep. */
function withDifferentIds(figures: readonly Figure[]): Figure[] {
  const seen = new Map<string, number>()
  return figures.map((figure) => {
    const count = (seen.get(figure.id) ?? 0) + 1
    seen.set(figure.id, count)
    return count === 1 ? figure : { ...figure, id: `${figure.id}-${count}` }
  })
}

const factsOf = (results: EvaluationResults): [string, string][] => [
  ['made', results.createdAt],
  ['oracle', results.oracle],
  ['picker', results.picker ?? 'none'],
  ...(results.judge === null ? [] : [['judge', results.judge] as [string, string]]),
  ['reference', results.reference],
  ['prompts', String(results.prompts.length)],
  ...Object.entries(results.facts),
]

/** R of the reference in a setting, or null without scores. */
function referenceReward(scored: ScoredResults, { pair, dataset }: Setting, options: IntervalOptions) {
  const reference = scored.method(pair, scored.results.reference)
  const scores = reference ? scored.scores(reference, dataset).map(({ oracle }) => oracle) : []
  return scores.length > 0 ? estimateMean('scores', scores, options) : null
}

/** A figure for each sweep; if a second parameter makes the lines, one for each dataset too. */
function sweepFigures(scored: ScoredResults, points: readonly SweepPoint[], options: IntervalOptions): Figure[] {
  const keyOf = ({ sweep, dataset }: SweepPoint) =>
    JSON.stringify([sweep.pair, sweep.strategy, sweep.series === null ? null : dataset])
  return [...new Set(points.map(keyOf))].flatMap((key) => {
    const group = points.filter((point) => keyOf(point) === key)
    return sweepFigure(group, scored.results.reference, rewardsByDataset(scored, group, options)) ?? []
  })
}

/** R of the reference on each dataset of a sweep. Empty for a sweep of the reference itself. */
function rewardsByDataset(scored: ScoredResults, points: readonly SweepPoint[], options: IntervalOptions) {
  const { reference } = scored.results
  const isOfReference = points.some(({ sweep }) => scored.method(sweep.pair, reference)?.strategy === sweep.strategy)
  const datasets = isOfReference ? [] : [...new Set(points.map(({ dataset }) => dataset))]
  return new Map(
    datasets.flatMap((dataset) => {
      const reward = referenceReward(scored, { pair: points[0]?.sweep.pair ?? '', dataset }, options)
      return reward ? [[dataset, reward] as const] : []
    }),
  )
}

function histograms(scored: ScoredResults, options: IntervalOptions): Figure[] {
  return scored.settings().flatMap((setting) => {
    const reference = scored.method(setting.pair, scored.results.reference)
    if (!reference) return []
    const others = scored.strategies(setting.pair, 'method').filter(({ id }) => id !== reference.id)
    const compared = others.flatMap((method): Differences[] => {
      const values = differences(scored, reference, method, setting.dataset)
      const { outcomes } = scored.paired(reference, method, setting.dataset)
      return values.length > 0 ? [{ method: method.label, values, win: summarizeOutcomes(outcomes, options) }] : []
    })
    return histogramFigure(setting, reference.label, compared) ?? []
  })
}
