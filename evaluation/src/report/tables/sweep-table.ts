import type { IntervalOptions } from '../../statistics/index.js'
import type { ScoredResults } from '../results/scored-results.js'
import { type MethodScores, scoreMethod } from './method-scores.js'
import { findSweeps, type Sweep } from './sweeps.js'
import { number, type Table, text } from './table.js'

/** A point of a sweep with its scores on one dataset. */
export interface SweepPoint extends MethodScores {
  readonly sweep: Sweep
  readonly dataset: string
  readonly label: string
  readonly x: number
  /** Value of the second parameter, or an empty string. */
  readonly series: string
}

/** Scores the points of all sweeps, in the order of x. */
export function sweepPoints(scored: ScoredResults, options: IntervalOptions): SweepPoint[] {
  return findSweeps(scored.results.strategies).flatMap((sweep) =>
    scored
      .settings()
      .filter(({ pair }) => pair === sweep.pair)
      .flatMap((setting) =>
        sweep.points
          .map((strategy) => ({
            sweep,
            dataset: setting.dataset,
            label: strategy.label,
            x: Number(strategy.parameters[sweep.x]),
            series: sweep.series === null ? '' : String(strategy.parameters[sweep.series] ?? 'unset'),
            ...scoreMethod(scored, setting, strategy, scored.method(sweep.pair, scored.results.reference), options),
          }))
          .sort((a, b) => a.x - b.x),
      ),
  )
}

/** Makes the table of sweeps (the values of Figures 3, 7 and 8), or null without one. */
export function sweepTable(points: readonly SweepPoint[], reference: string): Table | null {
  if (points.length === 0) return null
  return {
    id: 'sweeps',
    title: 'Sweeps of parameters',
    caption: `R, win rate of ${reference} against the point, and length. Brackets: 95% interval.`,
    columns: ['strategy', 'pair', 'dataset', 'parameters', 'value', 'R', 'W', 'tokens'],
    rows: points.map(({ sweep, dataset, label, x, series, reward, win, length }) => [
      text(label),
      text(sweep.pair),
      text(dataset),
      text(sweep.series === null ? sweep.x : `${sweep.x}, ${sweep.series}=${series}`),
      number(x, decimalsOf(x)),
      reward,
      win,
      length,
    ]),
  }
}

/** The decimals that show a parameter as it was set. */
const decimalsOf = (value: number): number => Math.min(6, (String(value).split('.')[1] ?? '').length)
