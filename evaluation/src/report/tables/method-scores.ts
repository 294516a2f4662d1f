import {
  type Estimate,
  estimateMean,
  type IntervalOptions,
  summarize,
  summarizeOutcomes,
} from '../../statistics/index.js'
import type { EvaluatedStrategy } from '../results/results-schema.js'
import type { ScoredResults, Setting } from '../results/scored-results.js'
import { type Cell, estimated, none, number } from './table.js'

/** The cells R, W and length of a method, as each block of Tables 1, 3 and 8 has them. */
export interface MethodScores {
  readonly reward: Cell
  /** Win rate of the reference against the method. */
  readonly win: Cell
  readonly length: Cell
}

/** Computes the cells of a method in a setting. */
export function scoreMethod(
  scored: ScoredResults,
  { dataset }: Setting,
  strategy: EvaluatedStrategy | undefined,
  reference: EvaluatedStrategy | undefined,
  options: IntervalOptions,
): MethodScores {
  const scores = strategy ? scored.scores(strategy, dataset) : []
  if (!strategy || scores.length === 0) return { reward: missing, win: missing, length: missing }
  const oracle = scores.map((score) => score.oracle)
  return {
    reward: estimated(estimateMean('scores', oracle, options)),
    win: reference && reference.id !== strategy.id ? winRate(scored, reference, strategy, dataset, options) : none(),
    length: meanLength(scored, strategy, dataset),
  }
}

/** Returns the mean length of a strategy's scored answers, in tokens. */
export function meanLength(scored: ScoredResults, strategy: EvaluatedStrategy, dataset: string): Cell {
  const lengths = scored.scores(strategy, dataset).map(({ tokens }) => tokens)
  return lengths.length > 0 ? number(summarize('lengths', lengths).mean, 0) : none()
}

/** Returns the mean of first minus second of the lengths on common prompts, in tokens. */
export function moreTokens(
  scored: ScoredResults,
  first: EvaluatedStrategy,
  second: EvaluatedStrategy,
  dataset: string,
  options: IntervalOptions,
): Cell {
  const lengths = new Map(scored.scores(second, dataset).map(({ prompt, tokens }) => [prompt, tokens]))
  const values = scored.scores(first, dataset).flatMap(({ prompt, tokens }) => {
    const other = lengths.get(prompt)
    return other === undefined ? [] : [tokens - other]
  })
  const difference = meanDifference(values, options)
  return difference ? estimated(difference, 0) : none('no common prompts')
}

const missing = none('no scored answers')

/** Computes the win rate of one strategy against another on their common prompts. */
export function winRate(
  scored: ScoredResults,
  first: EvaluatedStrategy,
  second: EvaluatedStrategy,
  dataset: string,
  options: IntervalOptions,
): Cell {
  const { outcomes } = scored.paired(first, second, dataset)
  return outcomes.length > 0 ? estimated(summarizeOutcomes(outcomes, options)) : none('no common prompts')
}

/** Returns first minus second on each common prompt. */
export function differences(
  scored: ScoredResults,
  first: EvaluatedStrategy,
  second: EvaluatedStrategy,
  dataset: string,
): number[] {
  const paired = scored.paired(first, second, dataset)
  return paired.first.map((score, i) => score - (paired.second[i] ?? Number.NaN))
}

/** Returns the mean difference, or null without common prompts. */
export function meanDifference(values: readonly number[], options: IntervalOptions): Estimate | null {
  return values.length > 0 ? estimateMean('differences', values, options) : null
}
