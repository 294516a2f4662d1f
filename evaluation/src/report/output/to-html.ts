import { escapeHtml } from '@tandem/process'
import { useVariables } from '../figures/palette.js'
import { leadingTables, type Report } from '../report.js'
import { type Cell, formatCell, formatNumber, notesOf, type Table } from '../tables/table.js'
import { styleSheet } from './style-sheet.js'

/**
 * Writes a report as one HTML page. It needs no script and nothing from the network, and its policy
 * forbids both.
 * @param svgs the figures by their id
 */
export function reportToHtml(report: Report, svgs: ReadonlyMap<string, string>): string {
  const { title, facts, notes, tables, figures } = report
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${styleSheet}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<dl>${facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join('\n')}</dl>
${notes.map((note) => `<p class="warning">${escapeHtml(note)}</p>`).join('\n')}
${tables.slice(0, leadingTables).map(table).join('\n')}
${figures.map(({ id, title: name, caption }) => figure(id, name, caption, svgs.get(id) ?? '')).join('\n')}
${tables.slice(leadingTables).map(table).join('\n')}
</body>
</html>
`
}

const figure = (id: string, title: string, caption: string, svg: string): string =>
  `<section id="${escapeHtml(id)}"><h2>${escapeHtml(title)}</h2>
<figure>${useVariables(svg)}<figcaption>${escapeHtml(caption)}</figcaption></figure></section>`

function table(shown: Table): string {
  const { id, title, caption, columns, rows } = shown
  const isText = columns.map((_, i) => rows.every((row) => row[i]?.kind === 'text'))
  const classOf = (i: number) => (isText[i] ? '' : ' class="number"')
  const head = columns.map((name, i) => `<th scope="col"${classOf(i)}>${escapeHtml(name)}</th>`).join('')
  const body = rows.map((row) => `<tr>${row.map((cell, i) => `<td${classOf(i)}>${content(cell)}</td>`).join('')}</tr>`)
  const notes = notesOf(shown).map((note) => `<li>${escapeHtml(note)}</li>`)
  return `<section id="${escapeHtml(id)}"><h2>${escapeHtml(title)}</h2><p>${escapeHtml(caption)}</p>
<div class="scroll"><table><thead><tr>${head}</tr></thead>
<tbody>
${body.join('\n')}
</tbody></table></div>
${notes.length > 0 ? `<ul class="notes">${notes.join('')}</ul>` : ''}</section>`
}

function content(cell: Cell): string {
  if (cell.kind !== 'estimate') return escapeHtml(formatCell(cell))
  const { value, interval } = cell.estimate
  const shown = formatNumber(value, cell.digits)
  if (!interval) return shown
  const bounds = [interval.low, interval.high].map((bound) => formatNumber(bound, cell.digits))
  return `${shown} <span class="interval">[${bounds.join(', ')}]</span>`
}
