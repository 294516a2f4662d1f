import type { Report } from '../../report/index.js'
import { formatCell, type Table } from '../../report/tables/table.js'

/** Columns of the table of a judge that a terminal has room for. */
const judgeColumns: readonly string[] = [
  ...['comparison', 'dataset', 'W by judge', 'W by oracle', 'ties', 'no verdict', 'first place'],
]

/**
 * Describes a report for a terminal: R, W and the length of each method, what a judge said, then
 * the notes.
 */
export function summarizeReport({ tables, notes }: Report): string[] {
  const shown = tables.filter(({ id }) => id === 'methods' || id === 'judge')
  return [...shown.flatMap(describeTable), ...notes]
}

function describeTable({ id, columns, rows, caption }: Table): string[] {
  const isShown = columns.map((name) => id !== 'judge' || judgeColumns.includes(name))
  const pick = (cells: readonly string[]) => cells.filter((_, i) => isShown[i])
  const lines = alignColumns([columns, ...rows.map((row) => row.map(formatCell))].map(pick))
  return id === 'judge' ? lines : [...lines, caption]
}

function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
