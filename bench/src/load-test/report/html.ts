import { escapeHtml } from '@tandem/process'
import type { Table } from '@tandem/test'
import { plotSvg } from './plot-svg.js'
import type { Section } from './section.js'

const style = `body { font: 15px/1.5 system-ui, sans-serif; max-width: 1100px; margin: 2em auto; padding: 0 1em; color: #1f2937 }
table { border-collapse: collapse; font-size: 13px; display: block; overflow-x: auto }
td, th { border: 1px solid #d1d5db; padding: 3px 8px; text-align: left }
svg { width: 100%; max-width: 640px; font: 12px system-ui, sans-serif } .grid { stroke: #e5e7eb } .title { font-weight: 600 }`

/** Returns sections as one page that loads nothing. */
export const htmlOf = (title: string, sections: readonly Section[]): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title><style>${style}</style></head><body>
<h1>${escapeHtml(title)}</h1>
${sections.map(sectionHtml).join('\n')}
</body></html>
`

const sectionHtml = ({ title, text = [], table, plots = [] }: Section): string =>
  [
    `<h2>${escapeHtml(title)}</h2>`,
    ...text.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`),
    ...(table === undefined ? [] : [tableHtml(table)]),
    ...plots.filter(({ series }) => series.some(({ points }) => points.length > 0)).map(plotSvg),
  ].join('\n')

function tableHtml({ header, rows }: Table): string {
  const row = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`
  return `<table>${row(header, 'th')}${rows.map((cells) => row(cells, 'td')).join('')}</table>`
}
