import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Figure } from '../figures/figure.js'
import { renderPng, renderSvg } from '../figures/render-figure.js'
import type { Report } from '../report.js'
import { tableToCsv } from './to-csv.js'
import { reportToHtml } from './to-html.js'
import { reportToMarkdown } from './to-markdown.js'

/** What was written. */
export interface WrittenReport {
  /** The HTML page, which needs no other file. */
  readonly page: string
  /** Names of all files in the folder. */
  readonly files: readonly string[]
  /** Figures without a PNG, because this machine has no fonts. */
  readonly withoutPng: readonly string[]
}

/**
 * Writes a report into a folder: report.html, report.md, report.json, a CSV file for each
 * table, and an SVG and a PNG file for each figure. Files of the same name are replaced, each
 * as a whole.
 * @param more further files, by name
 */
export async function writeReport(
  report: Report,
  folder: string,
  more: ReadonlyMap<string, string> = new Map(),
  signal?: AbortSignal,
): Promise<WrittenReport> {
  const figures = await renderFigures(report.figures, signal)
  const svgs = new Map(figures.map(({ id, svg }) => [id, svg]))
  const files = new Map<string, string | Uint8Array>([
    ...more,
    ...figures.flatMap(({ id, svg, png }) => [
      [`${id}.svg`, svg] as const,
      ...(png ? [[`${id}.png`, png] as const] : []),
    ]),
    ...report.tables.map((table) => [`${table.id}.csv`, tableToCsv(table)] as const),
    ['report.md', reportToMarkdown(report)],
    ['report.json', `${JSON.stringify(report, null, 2)}\n`],
    ['report.html', reportToHtml(report, svgs)],
  ])
  await writeFiles(folder, files, signal)
  const withoutPng = figures.filter(({ png }) => !png).map(({ id }) => id)
  return { page: join(folder, 'report.html'), files: [...files.keys()], withoutPng }
}

interface RenderedFigure {
  readonly id: string
  readonly svg: string
  readonly png: Uint8Array | null
}

/** Renders one figure after the other, because each uses the processor alone. */
async function renderFigures(figures: readonly Figure[], signal: AbortSignal | undefined): Promise<RenderedFigure[]> {
  const rendered: RenderedFigure[] = []
  for (const figure of figures) {
    signal?.throwIfAborted()
    const svg = await renderSvg(figure)
    rendered.push({ id: figure.id, svg, png: await renderPng(svg) })
  }
  return rendered
}

async function writeFiles(
  folder: string,
  files: ReadonlyMap<string, string | Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [name, content] of files) {
    const path = join(folder, name)
    await writeFile(`${path}.part`, content, { signal })
    await rename(`${path}.part`, path)
  }
}
