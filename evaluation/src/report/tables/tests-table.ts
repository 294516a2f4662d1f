import { type IntervalOptions, pairedTTest, type TestResult, wilcoxonTest } from '../../statistics/index.js'
import type { EvaluatedStrategy } from '../results/results-schema.js'
import type { ScoredResults, Setting } from '../results/scored-results.js'
import { differences, meanDifference, moreTokens, winRate } from './method-scores.js'
import { type Cell, estimated, none, number, type Table, text } from './table.js'

/**
 * Makes the table of paired comparisons of the reference with each other method. Null if there is
 * no other.
 */
export function testsTable(scored: ScoredResults, options: IntervalOptions): Table | null {
  const { reference } = scored.results
  const rows = scored.settings().flatMap((setting) => {
    const first = scored.method(setting.pair, reference)
    const others = scored.strategies(setting.pair, 'method').filter(({ label }) => label !== reference)
    return first ? others.map((second) => comparison(scored, setting, first, second, options)) : []
  })
  if (rows.length === 0) return null
  return {
    id: 'tests',
    title: 'Paired comparisons',
    caption:
      `${reference} minus the method, on prompts that both answered. p: two-sided, by the paired t-test ` +
      `and by Wilcoxon's signed-rank test, for one comparison${rows.length > 1 ? bonferroni(rows.length) : ''}.`,
    columns: ['method', 'pair', 'dataset', 'prompts', 'difference of R', 'W', 'p (t)', 'p (Wilcoxon)', 'more tokens'],
    rows,
  }
}

const bonferroni = (comparisons: number) =>
  `; for ${comparisons} comparisons, a p below ${(0.05 / comparisons).toPrecision(2)} is significant at 5% (Bonferroni)`

function comparison(
  scored: ScoredResults,
  { pair, dataset }: Setting,
  first: EvaluatedStrategy,
  second: EvaluatedStrategy,
  options: IntervalOptions,
): Cell[] {
  const paired = scored.paired(first, second, dataset)
  const difference = meanDifference(differences(scored, first, second, dataset), options)
  return [
    text(second.label),
    text(pair),
    text(dataset),
    number(paired.prompts.length, 0),
    difference ? estimated(difference) : none('no common prompts'),
    winRate(scored, first, second, dataset, options),
    probability(pairedTTest(paired.first, paired.second)),
    probability(wilcoxonTest(paired.first, paired.second)),
    moreTokens(scored, first, second, dataset, options),
  ]
}

/** The cell of a test's p-value. Less than 0.0001 is shown as such. */
export function probability({ p, reason }: TestResult): Cell {
  if (p === null) return none(reason)
  return p < 0.0001 ? text('< 0.0001') : number(p, 4)
}
