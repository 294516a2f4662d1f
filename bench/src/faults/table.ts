import { quantile } from '@tandem/process'
import { markdownTable } from '@tandem/test'
import type { FaultRow } from './report.js'

const header = [
  ...['', 'fault', 'form', 'tried', 'survived', 'what the clients saw', 'sessions leaked'],
  'recovery, median / worst',
]

/** Returns a Markdown table with one line per row. */
export const tableOf = (rows: readonly FaultRow[]): string => markdownTable({ header, rows: rows.map(cellsOf) })

function cellsOf({ key, title, form, result }: FaultRow): string[] {
  if (typeof result === 'string') return [key, title, form, '0', '0', `did not run: ${result}`, '', '']
  const { tried, survived, seen, leaked, recoveryMs, notes } = result
  const saw = [...Object.entries(seen).map(([what, count]) => `${what}: ${count}`), ...notes].join('; ')
  return [key, title, form, `${tried}`, `${survived}`, saw, `${leaked}`, recoveryOf(recoveryMs)]
}

function recoveryOf(values: readonly number[]): string {
  if (values.length === 0) return ''
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
  const sorted = values.toSorted((a, b) => a - b)
  return `${seconds(quantile(sorted, 0.5))} / ${seconds(quantile(sorted, 1))}`
}
