import { interpolatedQuantile } from '../measure/statistics.js'
import { describeCycle } from './check.js'
import { fileCycles, fileImports, folderCycles } from './import-graph.js'
import type { SourceMeasures } from './measure-file.js'

const titles = [
  'workspace',
  'files / lines',
  'file median / p90 / max',
  'function median / p90 / max',
  'exports with a doc block',
  '`any` per 1,000 lines',
  'comment lines',
  'comment width p90 / max',
  'lines over 120 columns',
]

/**
 * Returns the measures as Markdown: a table with a row per workspace and a total, then the circular
 * imports.
 */
export function describeCode(sources: readonly SourceMeasures[]): string {
  const workspaces = [...new Set(sources.map(({ path }) => path.split('/')[0] ?? ''))]
  const rows = workspaces.map((name) =>
    row(
      name,
      sources.filter(({ path }) => path.startsWith(`${name}/`)),
    ),
  )
  const table = [titles, titles.map(() => '---'), ...rows, row('**all**', sources)]
  const imports = fileImports(sources)
  return [
    ...table.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    ...listed(
      'Circular imports between files',
      fileCycles(imports).map((cycle) => describeCycle('files', cycle)),
    ),
    '',
    ...listed(
      'Circular imports between folders',
      folderCycles(imports).map((cycle) => describeCycle('folders', cycle)),
    ),
  ].join('\n')
}

function row(name: string, sources: readonly SourceMeasures[]): string[] {
  const lines = sum(sources.map((source) => source.lines))
  const widths = sources.flatMap(({ commentWidths }) => [...commentWidths.values()])
  const exports = sum(sources.map((source) => source.exports))
  const wide = sum(sources.map((source) => source.wideLines))
  return [
    name,
    `${sources.length} / ${lines.toLocaleString('en')}`,
    spread(sources.map((source) => source.lines)),
    spread(sources.flatMap((source) => source.functionLines)),
    percent(sum(sources.map((source) => source.documentedExports)), exports, 0),
    ((1000 * sum(sources.map((source) => source.anyTypes))) / lines).toFixed(1),
    percent(widths.length, lines, 0),
    `${round(interpolatedQuantile(widths, 0.9))} / ${largest(widths)}`,
    `${wide} (${percent(wide, lines, 1)})`,
  ]
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const largest = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value), 0)

const round = (value: number): string => value.toFixed(0)

const spread = (values: readonly number[]): string =>
  `${round(interpolatedQuantile(values, 0.5))} / ${round(interpolatedQuantile(values, 0.9))} / ${largest(values)}`

const percent = (part: number, whole: number, digits: number): string =>
  whole === 0 ? '–' : `${((100 * part) / whole).toFixed(digits)}%`

const listed = (title: string, items: readonly string[]): string[] => [
  `${title}: ${items.length === 0 ? 'none' : items.length}`,
  ...items.map((item) => `- ${item}`),
]
