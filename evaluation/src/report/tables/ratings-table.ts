import {
  estimateRatings,
  type IntervalOptions,
  outcomeOf,
  type PairwiseOutcome,
  type RatingEstimate,
  StatisticsError,
  summarizeOutcomes,
} from '../../statistics/index.js'
import type { EvaluatedStrategy } from '../results/results-schema.js'
import type { ScoredResults, Setting } from '../results/scored-results.js'
import { meanLength } from './method-scores.js'
import { type Cell, estimated, none, type Table, text } from './table.js'

/** Resamples of ratings, each of which is a fit. */
const resamples = 1000

/**
 * Makes the table of Bradley-Terry ratings (Table 5): by the oracle's scores, and by the judge
 * if it compared answers. Null if there are no outcomes.
 */
export function ratingsTable(scored: ScoredResults, options: IntervalOptions): Table | null {
  const rows = scored.settings().flatMap((setting) => {
    const methods = scored.strategies(setting.pair, 'method')
    return [
      ...rated(scored, setting, scored.results.oracle, oracleOutcomes(scored, setting, methods), options),
      ...rated(scored, setting, scored.results.judge ?? 'judge', judgeOutcomes(scored, setting, methods), options),
    ]
  })
  if (rows.length === 0) return null
  return {
    id: 'ratings',
    title: 'Ratings',
    caption:
      'Elo by the Bradley-Terry model from all pairwise outcomes, with mean 1500. ' +
      `W: win rate of ${scored.results.reference} by the same outcomes. Brackets: 95% interval over prompts.`,
    columns: ['method', 'pair', 'dataset', 'outcomes by', 'Elo', 'W', 'tokens'],
    rows,
  }
}

function rated(
  scored: ScoredResults,
  { pair, dataset }: Setting,
  by: string,
  prompts: readonly (readonly PairwiseOutcome[])[],
  options: IntervalOptions,
): Cell[][] {
  if (prompts.length === 0) return []
  const lengthOf = (strategy?: EvaluatedStrategy) => (strategy ? meanLength(scored, strategy, dataset) : none())
  const row = (method: string, elo: Cell) => [
    text(method),
    text(pair),
    text(dataset),
    text(by),
    elo,
    referenceWins(prompts, scored.results.reference, method, options),
    lengthOf(scored.method(pair, method)),
  ]
  const ratings = tryRatings(prompts, options)
  // If there are no ratings, the win rates are still right.
  if (typeof ratings === 'string')
    return scored.strategies(pair, 'method').map(({ label }) => row(label, none(ratings)))
  return ratings.map((rating) => row(rating.player, estimated(rating, 1)))
}

/** The ratings, or why there are none. */
function tryRatings(
  prompts: readonly (readonly PairwiseOutcome[])[],
  options: IntervalOptions,
): RatingEstimate[] | string {
  try {
    return estimateRatings(prompts, { ...options, resamples: Math.min(resamples, options.resamples ?? resamples) })
  } catch (error) {
    if (error instanceof StatisticsError) return error.message
    throw error
  }
}

function referenceWins(
  prompts: readonly (readonly PairwiseOutcome[])[],
  reference: string,
  method: string,
  options: IntervalOptions,
): Cell {
  const outcomes = prompts.flat().flatMap(({ first, second, score }) => {
    if (first === reference && second === method) return [score]
    return first === method && second === reference ? [1 - score] : []
  })
  return outcomes.length > 0 ? estimated(summarizeOutcomes(outcomes, options)) : none()
}

/** The outcomes of each prompt, by the scores of the oracle. */
function oracleOutcomes(
  scored: ScoredResults,
  { dataset }: Setting,
  methods: readonly EvaluatedStrategy[],
): PairwiseOutcome[][] {
  const byPrompt = new Map<string, { label: string; oracle: number }[]>()
  for (const method of methods)
    for (const { prompt, oracle } of scored.scores(method, dataset))
      byPrompt.set(prompt, [...(byPrompt.get(prompt) ?? []), { label: method.label, oracle }])
  return [...byPrompt.values()]
    .map((answers) =>
      answers.flatMap((a, i) =>
        answers.slice(i + 1).map((b) => ({ first: a.label, second: b.label, score: outcomeOf(a.oracle, b.oracle) })),
      ),
    )
    .filter((outcomes) => outcomes.length > 0)
}

/** The outcomes of each prompt, by the judge. */
function judgeOutcomes(
  scored: ScoredResults,
  { dataset }: Setting,
  methods: readonly EvaluatedStrategy[],
): PairwiseOutcome[][] {
  const labels = new Map(methods.map(({ id, label }) => [id, label]))
  return scored
    .promptsOf(dataset)
    .map((prompt) =>
      scored.results.judgements.flatMap((judgement) => {
        const [first, second] = [labels.get(judgement.first), labels.get(judgement.second)]
        const { score } = judgement
        const isOurs = judgement.prompt === prompt && first !== undefined && second !== undefined
        return isOurs && score !== null ? [{ first, second, score }] : []
      }),
    )
    .filter((outcomes) => outcomes.length > 0)
}
