import { type BestOfNCurves, bestOfN, bestOfNCurves, type IntervalOptions, summarize } from '../../statistics/index.js'
import type { EvaluatedStrategy } from '../results/results-schema.js'
import type { ScoredAnswer, ScoredResults, Setting } from '../results/scored-results.js'
import { type Cell, estimated, none, number, type Table, text } from './table.js'

/** Best-of-N of one pool in one setting. */
export interface PoolCurves extends Setting {
  readonly label: string
  readonly curves: BestOfNCurves
  /** Mean lengths of the picked samples, in tokens, for N from 1 on. */
  readonly tokens: Readonly<Record<'oracle' | 'picker', readonly number[]>>
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
      const tokens = { oracle: lengthsOf(samples, 'oracle'), picker: hasPicker ? lengthsOf(samples, 'picker') : [] }
      return [{ ...setting, label: pool.label, curves: bestOfNCurves(pools, limited), tokens, hasPicker }]
    }),
  )
}

const poolOf = (scored: ScoredResults, { dataset }: Setting, pool: EvaluatedStrategy) =>
  scored.scores(pool, dataset).map(({ answers }) => answers)

/** The mean lengths of the samples that a reward model picks of N, estimated as R is. */
function lengthsOf(samples: readonly (readonly ScoredAnswer[])[], by: 'oracle' | 'picker'): number[] {
  const curves = samples.map((list) =>
    bestOfN(list.map(({ tokens, [by]: score }) => ({ oracle: tokens, picker: score ?? Number.NaN }))),
  )
  const largest = Math.min(...curves.map(({ length }) => length))
  return Array.from(
    { length: largest },
    (_, i) =>
      summarize(
        'lengths',
        curves.map((curve) => curve[i] ?? 0),
      ).mean,
  )
}

/** Makes the table of best-of-N (the values of Figure 2), or null without a pool. */
export function bestOfNTable(curves: readonly PoolCurves[]): Table | null {
  if (curves.length === 0) return null
  return {
    id: 'best-of-n',
    title: 'Best-of-N',
    caption:
      'Expected R of the best of N samples, for every N from one pool, without bias. The sample is picked by ' +
      'the oracle, by the picker, or at random (as for N = 1). Tokens: mean lengths of the picked samples. ' +
      'Brackets: 95% interval over prompts.',
    columns: ['pool', 'pair', 'dataset', 'N', 'oracle', 'picker', 'random', 'tokens (oracle)', 'tokens (picker)'],
    rows: curves.flatMap(rowsOf),
  }
}

function rowsOf({ label, pair, dataset, curves, tokens, hasPicker }: PoolCurves): Cell[][] {
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
      ...[tokens.oracle[i], tokens.picker[i]].map((length) => (length === undefined ? none() : number(length, 0))),
    ]
  })
}
