import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceTable, repositoryFolder } from '@tandem/test'
import type { LoadResult } from '../load-result.js'
import { htmlOf } from './html.js'
import { markdownOf } from './section.js'
import { publishedOf, sectionsOf } from './sections.js'

const documentPath = join(repositoryFolder, 'docs/operations.md')

/**
 * Writes a result into a folder: report.json without requests, requests.jsonl, report.md and
 * report.html.
 */
export async function writeReport(result: LoadResult, folder: string): Promise<void> {
  const { records, args, ...numbers } = result
  const title = `Load test: ${args.profile}`
  const sections = sectionsOf(result)
  // The key is a secret, and reports are passed on.
  const json = { args: { ...args, apiKey: args.apiKey === null ? null : 'hidden' }, ...numbers }
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'report.json'), `${JSON.stringify(json, null, 2)}\n`)
  await writeFile(join(folder, 'requests.jsonl'), records.map((record) => `${JSON.stringify(record)}\n`).join(''))
  await writeFile(join(folder, 'report.md'), `# ${title}\n\n${markdownOf(sections)}\n`)
  await writeFile(join(folder, 'report.html'), htmlOf(title, sections))
}

/** Writes the published part of a result into docs/operations.md. */
export async function publish(result: LoadResult): Promise<void> {
  const document = await readFile(documentPath, 'utf8')
  const command = `npm run load -- ${result.args.profile} --write`
  await writeFile(documentPath, replaceTable(document, publishedOf(result), command))
}
