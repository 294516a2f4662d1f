import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { type Context, findHome } from '@tandem/cli'
import { replaceTable, repositoryFolder, type Stack, startTinyStack } from '@tandem/test'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseLoadArguments } from './arguments.js'
import { findFaults } from './judge-load.js'
import { publishedOf } from './report/sections.js'
import { writeReport } from './report/write-report.js'
import { runLoadTest } from './run-load-test.js'

const context: Context = {
  home: findHome(),
  environment: process.env,
  output: new PassThrough().resume(),
  answers: new PassThrough().resume(),
  findModule: (name) => {
    throw new Error(`a tiny stack needs no module of the CLI: found a request for ${name}`)
  },
  isVerbose: false,
  signal: new AbortController().signal,
}

let stack: Stack
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-load-'))
  stack = await startTinyStack()
})
afterAll(async () => {
  await stack?.stop()
  await rm(folder, { recursive: true, force: true })
})

const run = (...args: string[]) => runLoadTest(parseLoadArguments(args), context)
const shared = (...args: string[]) => run(...args, '--url', stack.url, '--warm-up', '0', '--tokens', '4')

test('smoke starts a stack, loads streams and routes, and writes its report', async () => {
  const result = await run(
    'smoke',
    '--tiny',
    '--seconds',
    '2',
    '--warm-up',
    '0',
    '--route-seconds',
    '1',
    '--api-key',
    'secret',
  )
  expect(findFaults(result)).toEqual([])
  expect(result.routes.map(({ succeeded }) => succeeded > 0)).toEqual([true, true, true, true])
  expect(result.facts).toMatchObject({ replicas: 1, keyValues: { sft: { bytesPerToken: 768 }, dpo: {} } })
  expect(result.facts.keyValues.sft?.measuredBytesPerToken).toBeGreaterThanOrEqual(768)
  expect(result.peaks.dpo?.sessions).toBeGreaterThan(0)

  await writeReport(result, folder)
  expect((await readdir(folder)).sort()).toEqual(['report.html', 'report.json', 'report.md', 'requests.jsonl'])
  const [html, json, markdown, requests] = await Promise.all(
    ['html', 'json', 'md']
      .map((type) => readFile(join(folder, `report.${type}`), 'utf8'))
      .concat(readFile(join(folder, 'requests.jsonl'), 'utf8')),
  )
  expect(html?.match(/<svg/g)).toHaveLength(2)
  expect(json).not.toContain('secret')
  expect(JSON.parse(json ?? '')).toMatchObject({
    loads: [{ name: '2 clients' }],
    hardware: {},
    what: 'a tiny pair of random weights',
  })
  expect(requests?.trim().split('\n')).toHaveLength(result.loads[0]?.summary.sent ?? Number.NaN)
  for (const title of ['Streams', 'Routes that do not stream', 'Memory of keys and values', 'Machine', 'Method'])
    expect(markdown).toContain(`\n## ${title}\n`)
})

test('a ramp ends with the first rate that saturates the stack', async () => {
  // No answer can meet this level.
  const result = await shared('ramp', '--rate', '20', '--seconds', '1', '--max-ttft', '0')
  expect(result.knee).toEqual({ keptPerSecond: null, saturatedPerSecond: 20, peakGoodputPerSecond: 0 })
  expect(result.loads).toHaveLength(1)
  expect(findFaults(result)).toEqual([])
  expect(publishedOf(result)).toContain('Saturation point: between 0/s and 20/s')
})

test('a spike has three parts, and arrivals go on between them', async () => {
  const result = await shared('spike', '--rate', '10', '--seconds', '1')
  expect(result.loads.map(({ name }) => name)).toEqual(['before, 10/s', 'spike, 100/s', 'after, 10/s'])
  const [before = 0, spike = 0, after = 0] = result.loads.map(({ summary }) => summary.sent)
  expect(spike).toBeGreaterThan(2 * before)
  expect(before + spike + after).toBe(result.records.length)
  expect(findFaults(result)).toEqual([])
  expect(publishedOf(result)).toMatch(/recover|after the end of the spike/)
})

test('a soak is reported in ten parts', async () => {
  const result = await shared('soak', '--clients', '2', '--seconds', '5')
  expect(result.loads.map(({ name }) => name).slice(0, 2)).toEqual(['2 clients, 0 s to 1 s', '2 clients, 1 s to 1 s'])
  expect(result.loads).toHaveLength(10)
  expect(result.records.length).toBeGreaterThan(10)
})

test('docs/operations.md has a place for each published table', async () => {
  const document = await readFile(join(repositoryFolder, 'docs/operations.md'), 'utf8')
  for (const profile of ['steady', 'ramp', 'spike'])
    expect(replaceTable(document, 'measured', `npm run load -- ${profile} --write`)).toContain('\n\nmeasured\n\n')
})
