import type { Plot } from './plot.js'

/** A table of texts. */
export interface Table {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** A part of a report, which the formats write each in their way. */
export interface Section {
  readonly title: string
  readonly text?: readonly string[]
  readonly table?: Table
  /** Only in HTML. */
  readonly plots?: readonly Plot[]
}

/** Returns a table in Markdown. */
export const markdownTable = ({ header, rows }: Table): string =>
  [header, header.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n')

/** Returns sections in Markdown, without their plots. */
export const markdownOf = (sections: readonly Section[]): string =>
  sections
    .map(({ title, text = [], table }) =>
      [`## ${title}`, ...text, ...(table === undefined ? [] : [markdownTable(table)])].join('\n\n'),
    )
    .join('\n\n')
