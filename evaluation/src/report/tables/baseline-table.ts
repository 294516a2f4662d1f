import type { IntervalOptions } from '../../statistics/index.js'
import { summarizeOutcomes } from '../../statistics/index.js'
import type { EvaluatedStrategy } from '../results/results-schema.js'
import type { ScoredResults, Setting } from '../results/scored-results.js'
import { scoreMethod, winRate } from './method-scores.js'
import { type Cell, estimated, none, type Table, text } from './table.js'

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

/**
 * The win rate of one strategy against another by the judge; each prompt's judgements are
 * averaged.
 */
function judged(
  scored: ScoredResults,
  { dataset }: Setting,
  first: EvaluatedStrategy,
  second: EvaluatedStrategy,
  options: IntervalOptions,
): Cell {
  const prompts = new Set(scored.promptsOf(dataset))
  const byPrompt = new Map<string, number[]>()
  for (const judgement of scored.results.judgements) {
    const isForward = judgement.first === first.id && judgement.second === second.id
    const isBackward = judgement.first === second.id && judgement.second === first.id
    if (!prompts.has(judgement.prompt) || !(isForward || isBackward)) continue
    const score = isForward ? judgement.score : 1 - judgement.score
    byPrompt.set(judgement.prompt, [...(byPrompt.get(judgement.prompt) ?? []), score])
  }
  const outcomes = [...byPrompt.values()].map((list) => list.reduce((sum, value) => sum + value) / list.length)
  return outcomes.length > 0 ? estimated(summarizeOutcomes(outcomes, options)) : none()
}
