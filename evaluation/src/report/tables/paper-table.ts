import type { IntervalOptions } from '../../statistics/index.js'
import type { ScoredResults, Setting } from '../results/scored-results.js'
import { scoreMethod } from './method-scores.js'
import { type Cell, type Table, text } from './table.js'

/**
 * Makes the main table. With several pairs it has the form of Tables 1 and 8 of the paper: a block
 * of columns for each pair, a block of rows for each dataset. With one pair it has the form of
 * Table 3: a block of columns for each dataset.
 */
export function paperTable(scored: ScoredResults, options: IntervalOptions): Table {
  const { reference, oracle } = scored.results
  const pairs = distinct(scored.results.strategies.map(({ pair }) => pair))
  const datasets = distinct(scored.results.prompts.map(({ dataset }) => dataset))
  const byPair = pairs.length > 1
  const blocks = byPair ? pairs : datasets
  return {
    id: 'methods',
    title: 'Methods',
    caption:
      `R: mean score by ${oracle}. W: win rate of ${reference} against the method, ties as halves. ` +
      'Tokens: mean length of the answers. Brackets: 95% interval.',
    columns: ['method', ...(byPair ? ['dataset'] : []), ...blocks.flatMap((title) => columns(title, blocks.length))],
    rows: byPair ? rowsByPair(scored, pairs, datasets, options) : rowsByDataset(scored, pairs, datasets, options),
  }
}

function rowsByPair(
  scored: ScoredResults,
  pairs: readonly string[],
  datasets: readonly string[],
  options: IntervalOptions,
): Cell[][] {
  return datasets.flatMap((dataset) =>
    methodLabels(scored).map((label) => [
      text(label),
      text(dataset),
      ...pairs.flatMap((pair) => block(scored, { pair, dataset }, label, options)),
    ]),
  )
}

function rowsByDataset(
  scored: ScoredResults,
  [pair = '']: readonly string[],
  datasets: readonly string[],
  options: IntervalOptions,
): Cell[][] {
  return methodLabels(scored).map((label) => [
    text(label),
    ...datasets.flatMap((dataset) => block(scored, { pair, dataset }, label, options)),
  ])
}

/** The cells of a method in one setting. */
function block(scored: ScoredResults, setting: Setting, label: string, options: IntervalOptions): Cell[] {
  const [strategy, reference] = [label, scored.results.reference].map((name) => scored.method(setting.pair, name))
  const { reward, win, length } = scoreMethod(scored, setting, strategy, reference, options)
  return [reward, win, length]
}

/** The labels of all methods; the reference comes last, as in the paper. */
export function methodLabels({ results }: ScoredResults): string[] {
  const labels = distinct(results.strategies.filter(({ role }) => role === 'method').map(({ label }) => label))
  return [...labels.filter((label) => label !== results.reference), results.reference]
}

const columns = (title: string, count: number): string[] =>
  ['R', 'W', 'tokens'].map((name) => (count > 1 ? `${title}: ${name}` : name))

const distinct = (values: readonly string[]): string[] => [...new Set(values)]
