import { markdownTable, type Table } from '@tandem/test'
import type { Plot } from './plot.js'

/** A part of a report, which the formats write each in their way. */
export interface Section {
  readonly title: string
  readonly text?: readonly string[]
  readonly table?: Table
  /** Only in HTML. */
  readonly plots?: readonly Plot[]
}

/** Returns sections in Markdown, without their plots. */
export const markdownOf = (sections: readonly Section[]): string =>
  sections
    .map(({ title, text = [], table }) =>
      [`## ${title}`, ...text, ...(table === undefined ? [] : [markdownTable(table)])].join('\n\n'),
    )
    .join('\n\n')
