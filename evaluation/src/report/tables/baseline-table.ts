import type { IntervalOptions } from '../../statistics/index.js'
import type { EvaluatedStrategy } from '../results/results-schema.js'
import type { ScoredResults, Setting } from '../results/scored-results.js'
import { JudgedComparison } from './judged-comparison.js'
import { scoreMethod, winRate } from './method-scores.js'
import { type Cell, none, type Table, text } from './table.js'

/**
 * Makes the table in the form of Table 4: R of each method, its win rate against the baseline, and
 * what a judge says of the reference against it. Null if no baseline is named.
 */
export function baselineTable(scored: ScoredResults, options: IntervalOptions): Table | null {
  const { baseline, reference, oracle } = scored.results
  if (baseline === null) return null
  const rows = scored
    .settings()
    .flatMap((setting) =>
      scored.strategies(setting.pair, 'method').map((strategy) => row(scored, setting, strategy, options)),
    )
  return {
    id: 'baseline',
    title: `Methods against ${baseline}`,
    caption:
      `R: mean score by ${oracle}. W: win rate of the method against ${baseline}. Judge: win rate of ` +
      `${reference} against the method by the judge. Brackets: 95% interval.`,
    columns: ['method', 'pair', 'dataset', 'R', 'W', 'judge', 'tokens'],
    rows,
  }
}

function row(scored: ScoredResults, setting: Setting, strategy: EvaluatedStrategy, options: IntervalOptions): Cell[] {
  const baseline = scored.method(setting.pair, scored.results.baseline)
  const reference = scored.method(setting.pair, scored.results.reference)
  const { reward, length } = scoreMethod(scored, setting, strategy, undefined, options)
  const isBaseline = !baseline || baseline.id === strategy.id
  return [
    text(strategy.label),
    text(setting.pair),
    text(setting.dataset),
    reward,
    isBaseline ? none() : winRate(scored, strategy, baseline, setting.dataset, options),
    reference && reference.id !== strategy.id ? judged(scored, setting, reference, strategy, options) : none(),
    length,
  ]
}

/** The win rate of one strategy against another by the judge. */
function judged(
  scored: ScoredResults,
  { dataset }: Setting,
  first: EvaluatedStrategy,
  second: EvaluatedStrategy,
  options: IntervalOptions,
): Cell {
  const comparison = new JudgedComparison(scored, first, second, dataset)
  return comparison.judgements.length > 0 ? comparison.winRate(options) : none()
}
