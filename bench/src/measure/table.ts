import type { Measure } from '../case.js'
import { isReached, keyOf, type Result, targetOf } from './result.js'

const [begin, end] = ['<!-- measured: npm run bench -- --write -->', '<!-- end of what is measured -->']

const formats: Record<Measure['unit'], (value: number) => string> = {
  ratio: (value) => value.toFixed(2),
  percent: (value) => `${(100 * value).toFixed(1)}%`,
  seconds: (value) => `${value.toFixed(1)} s`,
}

/** A Markdown table, one row a number. */
export function tableOf(results: readonly Result[]): string {
  const rows = inOrder(results).map((result) => [
    keyOf(result),
    result.measure.what,
    found(result),
    asked(result),
    beside(result),
  ])
  return [
    '| case | measure | median (10th–90th percentile) | must reach | beside it |',
    '|---|---|---|---|---|',
    ...rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`),
  ].join('\n')
}

/** By the cases' numbers, whatever order they ran in; those without one last. */
const inOrder = (results: readonly Result[]): readonly Result[] =>
  results.toSorted((a, b) => numberOf(a.measure.key) - numberOf(b.measure.key))

const numberOf = (key: string): number => Number(/^P(\d+)/.exec(key)?.[1] ?? Number.MAX_SAFE_INTEGER)

function found(result: Result): string {
  if (result.type === 'missing') return 'not measured'
  const format = formats[result.measure.unit]
  const { value, low, high } = result.measurement.estimate
  return `${format(value)} (${format(low)}–${format(high)})`
}

function asked(result: Result): string {
  const target = targetOf(result)
  if (!target) return ''
  const format = formats[result.measure.unit]
  const border = 'atLeast' in target ? `≥ ${format(target.atLeast)}` : `≤ ${format(target.atMost)}`
  const reached = isReached(result)
  return reached === null ? border : `${border}: ${reached ? 'yes' : 'no'}`
}

const beside = (result: Result): string =>
  result.type === 'missing' ? result.reason : result.measurement.notes.join('; ')

/**
 * Puts a table between the marks of a document.
 * @throws Error where the document has not both marks
 */
export function replaceTable(document: string, table: string): string {
  const [start, stop] = [document.indexOf(begin), document.indexOf(end)]
  if (start < 0 || stop < start) throw new Error(`expected the lines "${begin}" and "${end}", and did not find them`)
  return `${document.slice(0, start + begin.length)}\n\n${table}\n\n${document.slice(stop)}`
}
