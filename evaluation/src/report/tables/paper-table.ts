import type { IntervalOptions } from '../../statistics/index.js'
import type { ScoredResults } from '../results/scored-results.js'
import { type MethodScores, scoreMethod } from './method-scores.js'
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
  const cellsOf = (pair: string, dataset: string, label: string) => {
    const [strategy, other] = [scored.method(pair, label), scored.method(pair, reference)]
    return cells(scoreMethod(scored, { pair, dataset }, strategy, other, options))
  }
  const labels = methodLabels(scored)
  const rows = byPair
    ? datasets.flatMap((dataset) =>
        labels.map((label) => [text(label), text(dataset), ...pairs.flatMap((pair) => cellsOf(pair, dataset, label))]),
      )
    : labels.map((label) => [text(label), ...datasets.flatMap((dataset) => cellsOf(pairs[0] ?? '', dataset, label))])
  return {
    id: 'methods',
    title: 'Methods',
    caption:
      `R: mean score by ${oracle}. W: win rate of ${reference} against the method, ties as halves. ` +
      'Tokens: mean length of the answers. Brackets: 95% interval.',
    columns: ['method', ...(byPair ? ['dataset'] : []), ...blocks.flatMap((block) => columns(block, blocks.length))],
    rows,
  }
}

/** The labels of all methods; the reference comes last, as in the paper. */
export function methodLabels({ results }: ScoredResults): string[] {
  const labels = distinct(results.strategies.filter(({ role }) => role === 'method').map(({ label }) => label))
  return [...labels.filter((label) => label !== results.reference), results.reference]
}

const columns = (block: string, count: number): string[] =>
  ['R', 'W', 'tokens'].map((name) => (count > 1 ? `${block}: ${name}` : name))

const cells = ({ reward, win, length }: MethodScores): Cell[] => [reward, win, length]

const distinct = (values: readonly string[]): string[] => [...new Set(values)]
