import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
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
  const files = new Map<string, string | Uint8Array>(more)
  const svgs = new Map<string, string>()
  const withoutPng: string[] = []
  for (const figure of report.figures) {
    signal?.throwIfAborted()
    const svg = await renderSvg(figure)
    svgs.set(figure.id, svg)
    files.set(`${figure.id}.svg`, svg)
    const png = await renderPng(svg)
    if (png) files.set(`${figure.id}.png`, png)
    else withoutPng.push(figure.id)
  }
  for (const table of report.tables) files.set(`${table.id}.csv`, tableToCsv(table))
  files.set('report.md', reportToMarkdown(report))
  files.set('report.json', `${JSON.stringify(report, null, 2)}\n`)
  files.set('report.html', reportToHtml(report, svgs))
  await writeFiles(folder, files, signal)
  return { page: join(folder, 'report.html'), files: [...files.keys()], withoutPng }
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
