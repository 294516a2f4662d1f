import { type BestOfNCurves, bestOfNCurves, type IntervalOptions } from '../../statistics/index.js'
import type { EvaluatedStrategy } from '../results/results-schema.js'
import type { ScoredResults, Setting } from '../results/scored-results.js'
import { type Cell, estimated, none, number, type Table, text } from './table.js'

/** Best-of-N of one pool in one setting. */
export interface PoolCurves extends Setting {
  readonly label: string
  readonly curves: BestOfNCurves
  /** False if an answer lacks a picker score: then there is no picker's curve. */
  readonly hasPicker: boolean
}

/** Resamples of curves, which have many points. */
const resamples = 2000

/** Computes best-of-N from every pool of samples. */
export function poolCurves(scored: ScoredResults, options: IntervalOptions): PoolCurves[] {
  const limited = { ...options, resamples: Math.min(resamples, options.resamples ?? resamples) }
  return scored.settings().flatMap((setting) =>
    scored.strategies(setting.pair, 'pool').flatMap((pool) => {
      const samples = poolOf(scored, setting, pool)
      if (samples.length === 0) return []
      const hasPicker = samples.every((list) => list.every(({ picker }) => picker !== null))
      const pools = samples.map((list) => list.map(({ oracle, picker }) => ({ oracle, picker: picker ?? oracle })))
      return [{ ...setting, label: pool.label, curves: bestOfNCurves(pools, limited), hasPicker }]
    }),
  )
}

const poolOf = (scored: ScoredResults, { dataset }: Setting, pool: EvaluatedStrategy) =>
  scored.scores(pool, dataset).map(({ answers }) => answers)

/** Makes the table of best-of-N (the values of Figure 2), or null without a pool. */
export function bestOfNTable(curves: readonly PoolCurves[]): Table | null {
  if (curves.length === 0) return null
  return {
    id: 'best-of-n',
    title: 'Best-of-N',
    caption:
      'Expected R of the best of N samples, for every N from one pool, without bias. The sample is picked by ' +
      'the oracle, by the picker, or at random. Brackets: 95% interval over prompts.',
    columns: ['pool', 'pair', 'dataset', 'N', 'oracle', 'picker', 'random'],
    rows: curves.flatMap(rowsOf),
  }
}

function rowsOf({ label, pair, dataset, curves, hasPicker }: PoolCurves): Cell[][] {
  return curves.oracle.map((estimate, i) => {
    const picked = curves.picker[i]
    return [
      text(label),
      text(pair),
      text(dataset),
      number(i + 1, 0),
      estimated(estimate),
      hasPicker && picked ? estimated(picked) : none('answers without a picker score'),
      estimated(curves.random),
    ]
  })
}
