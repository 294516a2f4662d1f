import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addToReport, type FaultRow, isSurvived, runCase } from './report.js'
import { tableOf } from './table.js'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-report-'))
  file = join(folder, 'faults.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const settings = { isShort: true, signal: new AbortController().signal, log: () => undefined }
const found = {
  tried: 4,
  survived: 4,
  seen: new Map([['200, same | tokens', 4]]),
  leaked: 0,
  recoveryMs: [3_000, 1_000, 2_000],
}
const run = (key: string, result: typeof found | Error): Promise<FaultRow> =>
  runCase(
    {
      ...{ key, title: `fault ${key}`, expected: 'the same tokens' },
      run: () => (result instanceof Error ? Promise.reject(result) : Promise.resolve(result)),
    },
    settings,
  )

test('a case survives if every try did and nothing leaked', async () => {
  const rows = await Promise.all([
    run('F1', found),
    run('F1', { ...found, survived: 3 }),
    run('F1', { ...found, leaked: 1 }),
    run('F1', { ...found, tried: 0, survived: 0 }),
    run('F1', new Error('no service')),
  ])
  expect(rows.map(isSurvived)).toEqual([true, false, false, false, false])
})

test('the table has a line for each row, with the median and the worst recovery', async () => {
  const lines = tableOf([await run('F1', found), await run('F2', new Error('no service'))]).split('\n')
  expect(lines.slice(2)).toEqual([
    '| F1 | fault F1 | short | 4 | 4 | 200, same \\| tokens: 4 | 0 | 2.0 s / 3.0 s |',
    '| F2 | fault F2 | short | 0 | 0 | did not run: no service |  |  |',
  ])
})

test('a later run of a case replaces its row; the others stay, in the order of the keys', async () => {
  const keys = ['F1', 'F2', 'F3']
  await addToReport(file, await run('F3', found), keys)
  await addToReport(file, await run('F1', found), keys)
  const rows = await addToReport(file, await run('F3', { ...found, survived: 2 }), keys)
  expect(rows.map(({ key }) => key)).toEqual(['F1', 'F3'])
  expect(rows.map(isSurvived)).toEqual([true, false])
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(rows)
})

test('a file that holds no report is refused and stays as it is', async () => {
  await writeFile(file, '{"name": "tandem"}')
  await expect(addToReport(file, await run('F1', found), ['F1'])).rejects.toThrow(
    /faults\.json holds no report of faults: the file is {"name":"tandem"}: expected a list\. Name another file$/,
  )
  expect(await readFile(file, 'utf8')).toBe('{"name": "tandem"}')
})
