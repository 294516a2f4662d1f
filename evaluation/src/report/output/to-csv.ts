import { csvFormatRows } from 'd3-dsv'
import type { EvaluationResults } from '../results/results-schema.js'
import type { Cell, Table } from '../tables/table.js'

/**
 * Writes a table as CSV (RFC 4180). Numbers are not rounded. A column with intervals becomes three:
 * the value, and the ends of the interval, which are empty if there is none.
 */
export function tableToCsv({ columns, rows }: Table): string {
  const hasInterval = columns.map((_, i) => rows.some((row) => row[i]?.kind === 'estimate'))
  const header = columns.flatMap((name, i) => (hasInterval[i] ? [name, `${name} low`, `${name} high`] : [name]))
  const lines = rows.map((row) => row.flatMap((cell, i) => (hasInterval[i] ? withInterval(cell) : [plain(cell)])))
  return `${csvFormatRows([header, ...lines])}\n`
}

function withInterval(cell: Cell): string[] {
  const interval = cell.kind === 'estimate' ? cell.estimate.interval : null
  return [plain(cell), interval ? String(interval.low) : '', interval ? String(interval.high) : '']
}

function plain(cell: Cell): string {
  if (cell.kind === 'text') return cell.text
  if (cell.kind === 'number') return String(cell.value)
  return cell.kind === 'estimate' ? String(cell.estimate.value) : ''
}

/** Writes all answers as CSV, a row for each. */
export function answersToCsv({ answers, prompts, strategies }: EvaluationResults): string {
  const promptOf = new Map(prompts.map((prompt) => [prompt.id, prompt]))
  const strategyOf = new Map(strategies.map((strategy) => [strategy.id, strategy]))
  const header = [
    'dataset',
    'prompt',
    'pair',
    'strategy',
    'sample',
    'oracle',
    'picker',
    'tokens',
    'instruction',
    'answer',
  ]
  const lines = answers.map((answer) => {
    const [prompt, strategy] = [promptOf.get(answer.prompt), strategyOf.get(answer.strategy)]
    const numbers = [answer.sample, answer.oracle, answer.picker, answer.tokens].map((value) => String(value ?? ''))
    const names = [prompt?.dataset, answer.prompt, strategy?.pair, strategy?.label].map((name) => name ?? '')
    return [...names, ...numbers, prompt?.text ?? '', answer.text]
  })
  return `${csvFormatRows([header, ...lines])}\n`
}
