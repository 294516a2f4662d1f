import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { evaluationOptions, method, sweep } from '../../testing/evaluation-options.js'
import { type FakeGateway, startFakeGateway } from '../../testing/fake-gateway.js'
import { useFolder } from '../../testing/folder.js'
import type { EvaluationOptions } from '../index.js'
import { runEvaluation } from '../run-evaluation.js'
import { makeReport } from './make-report.js'

const folder = useFolder()
let gateway: FakeGateway
beforeAll(async () => {
  gateway = await startFakeGateway({ rewardModels: ['oracle', 'picker'] })
})
afterAll(() => gateway.stop())

const { signal } = new AbortController()
const plain = { compare: null, combine: [], exportFor: null }

/** Makes an evaluation of some prompts. */
async function evaluate(prompts: readonly string[], changes: Partial<EvaluationOptions> = {}) {
  const out = await mkdtemp(join(folder(), 'run-'))
  const path = join(out, 'asked.txt')
  await writeFile(path, prompts.join('\n'))
  await runEvaluation(await evaluationOptions(path, out, gateway.url, changes))
  return out
}
const read = (...path: readonly string[]) => readFile(join(...path), 'utf8')

it('writes the report with its tables and figures, and says R, W and length', async () => {
  const strategies = [method('aad'), method('greedy-sft'), method('best-of-n', { n: 2 })]
  const swept = [...strategies, ...[0.05, 0.2].map((alpha) => sweep('aad', { alpha }))]
  const out = await evaluate(['one', 'two', 'three', 'four'], { strategies: swept, picker: 'picker', samples: 4 })
  const lines = await makeReport(out, plain, signal)
  expect(lines[0]).toMatch(/^method +R +W +tokens$/)
  expect(lines.slice(1, 4).map((line) => line.split(/ {2}/)[0])).toEqual(['greedy-sft', 'best-of-n n=2', 'aad'])
  expect(lines[1]).toMatch(/^greedy-sft +\d+\.\d\d \[\d+\.\d\d, \d+\.\d\d\] +\d\.\d\d/)
  expect(lines.at(-1)).toMatch(/report\.html: the report, with \d+ more files next to it$|have no PNG/)
  const files = await readdir(out)
  for (const name of [
    'report.html',
    'report.md',
    'report.json',
    'methods.csv',
    'best-of-n.csv',
    'sweeps.csv',
    'answers.csv',
  ])
    expect(files).toContain(name)
  expect(files.filter((name) => name.endsWith('.svg')).length).toBeGreaterThan(2)
  expect(await read(out, 'report.md')).toContain('best-of-n n=2')
})

it('is made of the results, so that a second one is the same', async () => {
  const out = await evaluate(['one', 'two'])
  await makeReport(out, plain, signal)
  const first = await read(out, 'report.html')
  await makeReport(out, plain, signal)
  expect(await read(out, 'report.html')).toBe(first)
})

it('says which answers are missing', async () => {
  const lines = await makeReport(await evaluate(['one', 'refuse this', 'three']), plain, signal)
  expect(lines).toContainEqual(expect.stringContaining('aad (fake) has no scored answer to 1 of 3 prompts'))
})

it('has no intervals for one prompt', async () => {
  const lines = await makeReport(await evaluate(['one']), plain, signal)
  expect(lines.slice(1, 3).join('')).not.toContain('[')
})

it('exports every answer for alpaca_eval, and no file if answers are missing', async () => {
  const asked = [' One? ', 'Two?']
  const out = await evaluate(asked)
  const lines = await makeReport(out, { ...plain, exportFor: 'alpaca_eval' }, signal)
  expect(lines).toContain(`${join(out, 'alpaca_eval', 'aad.json')}: 2 answers for alpaca_eval`)
  const rows = JSON.parse(await read(out, 'alpaca_eval', 'aad.json')) as { instruction: string; generator: string }[]
  expect(rows.map(({ instruction, generator }) => [instruction, generator])).toEqual(
    asked.map((text) => [text, 'fake aad']),
  )
  const missing = await makeReport(
    await evaluate(['one', 'refuse this']),
    { ...plain, exportFor: 'alpaca_eval' },
    signal,
  )
  expect(missing).toContainEqual(expect.stringMatching(/aad\.json is not written: 1 of 2 prompts have no answer/))
})

it('compares with an earlier evaluation', async () => {
  const [before, after] = [
    await evaluate(['one', 'two', 'three']),
    await evaluate(['two', 'three', 'four'], { seed: 8 }),
  ]
  await makeReport(after, { ...plain, compare: before }, signal)
  expect(await read(after, 'comparison', 'comparison.csv')).toMatch(/^aad,fake,asked,2,/m)
})

it('combines evaluations, of different pairs only', async () => {
  const [first, second] = [await evaluate(['one', 'two']), await evaluate(['one', 'two'], { seed: 8 })]
  const path = join(second, 'results.json')
  await expect(makeReport(first, { ...plain, combine: [second] }, signal)).rejects.toThrow('are of the pair fake')
  await writeFile(path, (await read(path)).replaceAll('"pair":"fake"', '"pair":"other"'))
  await makeReport(first, { ...plain, combine: [second] }, signal)
  expect(await read(first, 'combined', 'methods.csv')).toMatch(/^method,dataset,fake: R,.*,other: R,/)
})

it('refuses a folder without results', async () => {
  await expect(makeReport(folder(), plain, signal)).rejects.toThrow(
    `${join(folder(), 'results.json')} does not exist: expected the results of a finished "tandem evaluate"`,
  )
  const out = await mkdtemp(join(folder(), 'run-'))
  await writeFile(join(out, 'results.json'), '{')
  await expect(makeReport(out, plain, signal)).rejects.toThrow('is not JSON: run "tandem evaluate" again')
})
