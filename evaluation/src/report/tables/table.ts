import type { Estimate } from '../../statistics/index.js'

/** What a cell shows. */
export type Cell =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number; readonly digits: number }
  /** A value with its interval, or with the reason why there is none. */
  | { readonly kind: 'estimate'; readonly estimate: Estimate; readonly digits: number }
  /**
   * Nothing to show. The reason is shown as a note; null for a cell that has no value by its
   * kind.
   */
  | { readonly kind: 'none'; readonly reason: string | null }

/** A table of a report, before it is text of any format. */
export interface Table {
  /** Name of its file. */
  readonly id: string
  readonly title: string
  /** What its numbers mean. */
  readonly caption: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

/** Creates a cell of text. */
export const text = (value: string): Cell => ({ kind: 'text', text: value })
/** Creates a cell of a number. */
export const number = (value: number, digits = 2): Cell => ({ kind: 'number', value, digits })
/** Creates a cell of an estimate. */
export const estimated = (estimate: Estimate, digits = 2): Cell => ({ kind: 'estimate', estimate, digits })
/** Creates an empty cell. */
export const none = (reason: string | null = null): Cell => ({ kind: 'none', reason })
/** Creates a cell of a number that may be missing. */
export const optional = (value: number | null, reason: string | null, digits = 2): Cell =>
  value === null ? none(reason) : number(value, digits)

/** Formats a number with a true minus sign and without a negative zero. */
export function formatNumber(value: number, digits: number): string {
  const shown = value.toFixed(digits)
  return /^-0\.?0*$/.test(shown) ? shown.slice(1) : shown.replace('-', '−')
}

/** Formats a cell as one line of text. */
export function formatCell(cell: Cell): string {
  if (cell.kind === 'text') return cell.text
  if (cell.kind === 'number') return formatNumber(cell.value, cell.digits)
  if (cell.kind === 'none') return '–'
  const { value, interval } = cell.estimate
  const bounds = interval && [interval.low, interval.high].map((bound) => formatNumber(bound, cell.digits))
  return formatNumber(value, cell.digits) + (bounds ? ` [${bounds.join(', ')}]` : '')
}

/** Returns the reasons for cells without a value or an interval, each once. */
export function notesOf({ columns, rows }: Table): string[] {
  const notes = rows.flatMap((row) =>
    row.flatMap((cell, i) => {
      const reason = cell.kind === 'none' ? cell.reason : cell.kind === 'estimate' ? cell.estimate.reason : null
      return reason === null ? [] : [`${row[0] ? formatCell(row[0]) : ''}, ${columns[i]}: ${reason}`]
    }),
  )
  return [...new Set(notes)]
}
