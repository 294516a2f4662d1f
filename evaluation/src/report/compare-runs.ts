import {
  estimateMean,
  type IntervalOptions,
  pairedTTest,
  summarize,
  summarizeOutcomes,
  wilcoxonTest,
} from '../statistics/index.js'
import type { Report } from './report.js'
import { requireOneOracle } from './results/require-one-oracle.js'
import type { EvaluatedStrategy, EvaluationResults } from './results/results-schema.js'
import { type PairedScores, type PromptScore, pairScores, ScoredResults } from './results/scored-results.js'
import { withTextIds } from './results/with-text-ids.js'
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
  requireOneOracle(before, after)
  const runs = { before: new ScoredResults(withTextIds(before)), after: new ScoredResults(withTextIds(after)) }
  const pairs = commonStrategies(before, after)
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

interface Runs {
  readonly before: ScoredResults
  readonly after: ScoredResults
}

/** The same strategy in both runs. */
interface StrategyPair {
  readonly before: EvaluatedStrategy
  readonly after: EvaluatedStrategy
}

function commonStrategies(before: EvaluationResults, after: EvaluationResults): StrategyPair[] {
  const found = strategiesByName(after, before)
  return [...strategiesByName(before, after)].flatMap(([name, strategy]) => {
    const other = found.get(name)
    return other ? [{ before: strategy, after: other }] : []
  })
}

/** Strategies by pair and label; by label if each run has one pair, whose names may differ. */
function strategiesByName(run: EvaluationResults, other: EvaluationResults): Map<string, EvaluatedStrategy> {
  const hasOnePair = [run, other].every(({ strategies }) => new Set(strategies.map(({ pair }) => pair)).size === 1)
  return new Map(
    run.strategies.map((strategy) => [JSON.stringify([hasOnePair ? '' : strategy.pair, strategy.label]), strategy]),
  )
}

function unmatched(run: EvaluationResults, other: EvaluationResults, name: string): string[] {
  const found = strategiesByName(other, run)
  const only = [...strategiesByName(run, other)].flatMap(([key, strategy]) => (found.has(key) ? [] : [strategy]))
  return only.length > 0 ? [`Only in the run ${name}: ${only.map(({ label }) => label).join(', ')}.`] : []
}

/** Strategies of one label that were run with other parameters. */
function changed(pairs: readonly StrategyPair[]): string[] {
  return pairs.flatMap(({ before, after }) => {
    const [old, now] = [before, after].map(({ strategy, parameters }) => JSON.stringify({ strategy, ...parameters }))
    return old === now ? [] : [`${before.label} was ${old} before and is ${now} after.`]
  })
}

const columns = [
  ...['method', 'pair', 'dataset', 'prompts', 'R before', 'R after', 'difference of R', 'W'],
  ...['p (t)', 'p (Wilcoxon)', 'tokens before', 'tokens after'],
]

function comparisonTable(runs: Runs, pairs: readonly StrategyPair[], options: IntervalOptions): Table {
  const datasets = [...new Set(runs.before.results.prompts.map(({ dataset }) => dataset))]
  return {
    id: 'comparison',
    title: 'Differences between the runs',
    caption: 'After minus before, on common prompts. W: win rate of after against before. Brackets: 95% interval.',
    columns,
    rows: datasets.flatMap((dataset) => pairs.map((pair) => comparisonRow(runs, pair, dataset, options))),
  }
}

const pairName = ({ before, after }: StrategyPair) =>
  before.pair === after.pair ? before.pair : `${before.pair}, then ${after.pair}`

function comparisonRow(runs: Runs, pair: StrategyPair, dataset: string, options: IntervalOptions): Cell[] {
  const before = runs.before.scores(pair.before, dataset)
  const after = runs.after.scores(pair.after, dataset)
  const paired = pairScores(after, before)
  const { prompts } = paired
  const names = [text(pair.before.label), text(pairName(pair)), text(dataset), number(prompts.length, 0)]
  if (prompts.length === 0) return [...names, none('no common prompts'), ...new Array<Cell>(7).fill(none())]
  return [...names, ...scoreCells(paired, options), meanTokens(before, prompts), meanTokens(after, prompts)]
}

/** The cells from R before to the p-values. */
function scoreCells({ first, second, outcomes }: PairedScores, options: IntervalOptions): Cell[] {
  const changes = first.map((score, i) => score - (second[i] ?? Number.NaN))
  return [
    estimated(estimateMean('scores before', second, options)),
    estimated(estimateMean('scores after', first, options)),
    estimated(estimateMean('differences', changes, options)),
    estimated(summarizeOutcomes(outcomes, options)),
    probability(pairedTTest(first, second)),
    probability(wilcoxonTest(first, second)),
  ]
}

function meanTokens(scores: readonly PromptScore[], prompts: readonly string[]): Cell {
  const common = new Set(prompts)
  const lengths = scores.filter(({ prompt }) => common.has(prompt)).map(({ tokens }) => tokens)
  return number(summarize('lengths', lengths).mean, 0)
}
