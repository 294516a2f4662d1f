import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildReport } from '../build-report.js'
import { parseResults } from '../results/parse-results.js'
import { sampleResults } from '../testing/sample-results.js'
import { writeReport } from './write-report.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-report-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const report = buildReport(parseResults(sampleResults()), { resamples: 100 })

it('writes every file, and the same bytes again', async () => {
  const written = await writeReport(report, join(folder, 'report'), new Map([['more.txt', 'more']]))
  const names = await readdir(join(folder, 'report'))
  expect(names.sort()).toEqual([...written.files].sort())
  for (const name of ['report.html', 'report.md', 'report.json', 'methods.csv', 'sweep-aad-alpha-tiny.svg', 'more.txt'])
    expect(names).toContain(name)
  const read = () => Promise.all(names.map((name) => readFile(join(folder, 'report', name), 'base64')))
  const before = await read()
  await writeReport(buildReport(parseResults(sampleResults()), { resamples: 100 }), join(folder, 'report'))
  expect(await read()).toEqual(before)
  const json = JSON.parse(await readFile(join(folder, 'report', 'report.json'), 'utf8'))
  expect(json.tables).toEqual(JSON.parse(JSON.stringify(report.tables)))
})

it('writes nothing after an abort', async () => {
  const gone = join(folder, 'aborted')
  await expect(writeReport(report, gone, new Map(), AbortSignal.abort())).rejects.toThrow(/abort/i)
  await expect(readdir(gone)).rejects.toThrow(/ENOENT/)
})
