import type { Report } from '../../report/index.js'
import { formatCell } from '../../report/tables/table.js'

/** The table that a terminal shows. */
const shownTable = 'methods'

/** Describes a report for a terminal: R, W and the length of each method, then the notes. */
export function summarizeReport({ tables, notes }: Report): string[] {
  const table = tables.find(({ id }) => id === shownTable)
  if (!table) return [...notes]
  return [...alignColumns([table.columns, ...table.rows.map((row) => row.map(formatCell))]), table.caption, ...notes]
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
