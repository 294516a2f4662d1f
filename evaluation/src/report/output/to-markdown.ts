import { leadingTables, type Report } from '../report.js'
import { formatCell, notesOf, type Table } from '../tables/table.js'

/** Writes a report as Markdown. Figures are links to the SVG files next to it. */
export function reportToMarkdown({ title, facts, notes, tables, figures }: Report): string {
  const parts = [
    `# ${inline(title)}`,
    facts.map(([name, value]) => `- ${inline(name)}: ${inline(value)}`).join('\n'),
    notes.map((note) => `> ${inline(note)}`).join('\n>\n'),
    ...tables.slice(0, leadingTables).map(tableToMarkdown),
    ...figures.map(
      ({ id, title: name, caption }) => `## ${inline(name)}\n\n![${inline(name)}](${id}.svg)\n\n${caption}`,
    ),
    ...tables.slice(leadingTables).map(tableToMarkdown),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

/** Writes a table as Markdown, with its title, its caption and its notes. */
export function tableToMarkdown(table: Table): string {
  const isText = table.columns.map((_, i) => table.rows.every((row) => row[i]?.kind === 'text'))
  const line = (cells: readonly string[]) => `| ${cells.map(inline).join(' | ')} |`
  const lines = [
    line(table.columns),
    `|${isText.map((left) => (left ? '---' : '---:')).join('|')}|`,
    ...table.rows.map((row) => line(row.map(formatCell))),
  ]
  const notes = notesOf(table).map((note) => `- ${inline(note)}`)
  return [`## ${inline(table.title)}`, table.caption, lines.join('\n'), notes.join('\n')].filter(Boolean).join('\n\n')
}

/** Escapes what Markdown would read as markup, on one line. */
const inline = (value: string): string => value.replace(/[\\`*_[\]<>|#]/g, '\\$&').replace(/\s+/g, ' ')
