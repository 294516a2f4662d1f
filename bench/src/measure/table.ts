import { markdownTable } from '@tandem/test'
import type { Measure } from './measure.js'
import { isReached, keyOf, type Result, targetOf } from './result.js'

const formats: Record<Measure['unit'], (value: number) => string> = {
  ratio: (value) => value.toFixed(2),
  percent: (value) => `${(100 * value).toFixed(1)}%`,
  seconds: (value) => `${value.toFixed(1)} s`,
}

/** Returns a Markdown table with one row per number. */
export function tableOf(results: readonly Result[]): string {
  const rows = inOrder(results).map((result) => [
    keyOf(result),
    result.measure.what,
    found(result),
    targetCell(result),
    notesOf(result),
  ])
  return markdownTable({ header: ['case', 'measure', 'median (10th–90th percentile)', 'must reach', 'notes'], rows })
}

/** Sorts results by the number of their case. Cases without a number come last. */
const inOrder = (results: readonly Result[]): readonly Result[] =>
  results.toSorted((a, b) => numberOf(a.measure.key) - numberOf(b.measure.key))

const numberOf = (key: string): number => Number(/^P(\d+)/.exec(key)?.[1] ?? Number.MAX_SAFE_INTEGER)

function found(result: Result): string {
  if (result.type === 'missing') return 'not measured'
  const format = formats[result.measure.unit]
  const { value, low, high } = result.measurement.estimate
  return `${format(value)} (${format(low)}–${format(high)})`
}

function targetCell(result: Result): string {
  const target = targetOf(result)
  if (!target) return ''
  const format = formats[result.measure.unit]
  const limit = 'atLeast' in target ? `≥ ${format(target.atLeast)}` : `≤ ${format(target.atMost)}`
  const reached = isReached(result)
  return reached === null ? limit : `${limit}: ${reached ? 'yes' : 'no'}`
}

const notesOf = (result: Result): string =>
  result.type === 'missing' ? result.reason : result.measurement.notes.join('; ')
