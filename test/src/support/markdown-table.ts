/** A table of texts. The cells of a row are in the order of the header. */
export interface Table {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Returns a table in Markdown. In cells, `|` is escaped and line breaks become spaces. */
export function markdownTable({ header, rows }: Table): string {
  return [line(header), `|${'---|'.repeat(header.length)}`, ...rows.map(line)].join('\n')
}

const line = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(' | ')} |`

const escapeCell = (cell: string): string => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')
