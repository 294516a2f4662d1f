import { correlate, summarize } from '../../statistics/index.js'
import type { EvaluatedStrategy } from '../results/results-schema.js'
import type { ScoredResults, Setting } from '../results/scored-results.js'
import { type Cell, none, number, optional, type Table, text } from './table.js'

/** Makes the table of answers' lengths, and of how length goes with the score. */
export function lengthTable(scored: ScoredResults): Table {
  return {
    id: 'lengths',
    title: 'Lengths',
    caption:
      'Lengths of the scored answers in tokens, and their correlation with the score. If long answers ' +
      'score higher, a difference between methods of different length may come from the length.',
    columns: ['method', 'pair', 'dataset', 'answers', 'mean', 'sd', 'min', '25%', 'median', '75%', 'max', 'r', 'rho'],
    rows: scored
      .settings()
      .flatMap((setting) =>
        scored.results.strategies
          .filter(({ pair }) => pair === setting.pair)
          .map((strategy) => row(scored, setting, strategy)),
      ),
  }
}

function row(scored: ScoredResults, { pair, dataset }: Setting, strategy: EvaluatedStrategy): Cell[] {
  const answers = scored.scores(strategy, dataset).flatMap((score) => score.answers)
  const names = [text(strategy.label), text(pair), text(dataset), number(answers.length, 0)]
  if (answers.length === 0) return [...names, none('no scored answers'), ...new Array<Cell>(8).fill(none())]
  const lengths = answers.map(({ tokens }) => tokens)
  const summary = summarize('lengths', lengths)
  const { pearson, spearman, reason } = correlate(
    lengths,
    answers.map(({ oracle }) => oracle),
  )
  const { min, lowerQuartile, median, upperQuartile, max } = summary
  return [
    ...names,
    number(summary.mean, 1),
    optional(summary.deviation, 'one answer has no spread', 1),
    ...[min, lowerQuartile, median, upperQuartile, max].map((value) => number(value, 0)),
    optional(pearson, reason),
    optional(spearman, reason),
  ]
}
