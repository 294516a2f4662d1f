import {
  estimateMean,
  type IntervalOptions,
  pairedTTest,
  summarizeOutcomes,
  wilcoxonTest,
} from '../statistics/index.js'
import type { Report } from './report.js'
import { ReportError } from './results/report-error.js'
import type { EvaluatedStrategy, EvaluationResults } from './results/results-schema.js'
import { pairScores, ScoredResults } from './results/scored-results.js'
import { type Cell, estimated, none, number, type Table, text } from './tables/table.js'
import { probability } from './tables/tests-table.js'

/**
 * Compares two runs: the difference of R of each strategy that both have, after minus before,
 * on the prompts that both answered. Prompts are the same if their dataset and text are.
 */
export function compareRuns(
  before: EvaluationResults,
  after: EvaluationResults,
  options: IntervalOptions = {},
): Report {
  if (before.oracle !== after.oracle)
    throw new ReportError(
      `The runs were scored by ${before.oracle} and ${after.oracle}: expected one oracle. Score one of them again`,
    )
  const runs = { before: new ScoredResults(withTextIds(before)), after: new ScoredResults(withTextIds(after)) }
  const pairs = before.strategies.flatMap((strategy) => {
    const other = after.strategies.find(({ pair, label }) => pair === strategy.pair && label === strategy.label)
    return other ? [{ before: strategy, after: other }] : []
  })
  return {
    title: `${after.title} against ${before.title}`,
    facts: [
      ['before', `${before.title}, ${before.createdAt}`],
      ['after', `${after.title}, ${after.createdAt}`],
      ['oracle', before.oracle],
    ],
    notes: [...unmatched(before, after, 'before'), ...unmatched(after, before, 'after'), ...changed(pairs)],
    tables: [comparisonTable(runs, pairs, options)],
    figures: [],
  }
}

/** The same strategy in both runs. */
interface StrategyPair {
  readonly before: EvaluatedStrategy
  readonly after: EvaluatedStrategy
}

/** Results whose prompts have their dataset and text as id. */
function withTextIds(results: EvaluationResults): EvaluationResults {
  const ids = new Map(results.prompts.map(({ id, dataset, text: words }) => [id, JSON.stringify([dataset, words])]))
  const idOf = (prompt: string) => ids.get(prompt) ?? prompt
  return {
    ...results,
    prompts: results.prompts.map((prompt) => ({ ...prompt, id: idOf(prompt.id) })),
    answers: results.answers.map((answer) => ({ ...answer, prompt: idOf(answer.prompt) })),
  }
}

function unmatched(run: EvaluationResults, other: EvaluationResults, name: string): string[] {
  const found = new Set(other.strategies.map(({ pair, label }) => JSON.stringify([pair, label])))
  const only = run.strategies.filter(({ pair, label }) => !found.has(JSON.stringify([pair, label])))
  return only.length > 0 ? [`Only in the run ${name}: ${only.map(({ label }) => label).join(', ')}.`] : []
}

/** Strategies of one label that were run with other parameters. */
function changed(pairs: readonly StrategyPair[]): string[] {
  return pairs.flatMap(({ before, after }) => {
    const [old, now] = [before, after].map(({ strategy, parameters }) => JSON.stringify({ strategy, ...parameters }))
    return old === now ? [] : [`${before.label} was ${old} before and is ${now} after.`]
  })
}

function comparisonTable(
  runs: { readonly before: ScoredResults; readonly after: ScoredResults },
  pairs: readonly StrategyPair[],
  options: IntervalOptions,
): Table {
  const datasets = [...new Set(runs.before.results.prompts.map(({ dataset }) => dataset))]
  return {
    id: 'comparison',
    title: 'Differences between the runs',
    caption: 'After minus before, on common prompts. W: win rate of after against before. Brackets: 95% interval.',
    columns: [
      ...[
        'method',
        'pair',
        'dataset',
        'prompts',
        'R before',
        'R after',
        'difference of R',
        'W',
        'p (t)',
        'p (Wilcoxon)',
      ],
      ...['tokens before', 'tokens after'],
    ],
    rows: datasets.flatMap((dataset) => pairs.map((pair) => comparisonRow(runs, pair, dataset, options))),
  }
}

function comparisonRow(
  runs: { readonly before: ScoredResults; readonly after: ScoredResults },
  pair: StrategyPair,
  dataset: string,
  options: IntervalOptions,
): Cell[] {
  const [before, after] = [runs.before.scores(pair.before, dataset), runs.after.scores(pair.after, dataset)]
  const { prompts, first, second, outcomes } = pairScores(after, before)
  const names = [text(pair.before.label), text(pair.before.pair), text(dataset), number(prompts.length, 0)]
  if (prompts.length === 0) return [...names, none('no common prompts'), ...new Array<Cell>(7).fill(none())]
  const common = new Set(prompts)
  const tokens = (scores: typeof before) =>
    scores.filter(({ prompt }) => common.has(prompt)).map((score) => score.tokens)
  const mean = (name: string, values: readonly number[]) => estimateMean(name, values, options)
  const changes = first.map((score, i) => score - (second[i] ?? Number.NaN))
  return [
    ...names,
    estimated(mean('scores before', second)),
    estimated(mean('scores after', first)),
    estimated(mean('differences', changes)),
    estimated(summarizeOutcomes(outcomes, options)),
    probability(pairedTTest(first, second)),
    probability(wilcoxonTest(first, second)),
    number(mean('lengths before', tokens(before)).value, 0),
    number(mean('lengths after', tokens(after)).value, 0),
  ]
}
