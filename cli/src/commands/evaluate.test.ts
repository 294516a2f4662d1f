import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FakeGateway, longest, startFakeGateway, startFakeJudge } from '@tandem/evaluation/testing'
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest'
import { createTestContext } from '../testing/test-context.js'
import { type EvaluateOptions, evaluate } from './evaluate.js'

let folder: string
let prompts: string
let gateway: FakeGateway
let words: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-evaluate-'))
  prompts = join(folder, 'prompts.txt')
  await writeFile(prompts, 'Hi\nHo\nHm\n')
  gateway = await startFakeGateway({ rewardModels: ['oracle', 'picker'] })
})
afterAll(async () => {
  await gateway.stop()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(() => {
  words = ''
})

const run = (
  out: string,
  changes: Partial<EvaluateOptions> = {},
  path: string | undefined = prompts,
  environment: NodeJS.ProcessEnv = {},
) => {
  const asked = { strategies: 'aad,greedy-sft', oracle: 'oracle', seed: 0, retryFor: 0, timeout: 60 }
  const context = createTestContext(folder, (text) => {
    words += text
  })
  const base = { out: join(folder, out), url: gateway.url, apiKeys: [] }
  return evaluate(path, { ...base, ...asked, ...changes }, { ...context, environment })
}

it('answers, scores and reports, and says what was found', async () => {
  const sweep = ['alpha=0.1,0.2']
  await run('a', { sweep, picker: 'picker', samples: 2, maxTokens: 9, body: { stop: ['x'] }, pair: 'mine', limit: 2 })
  expect(gateway.received.filter(({ path }) => path !== '/v1/score').map(({ body }) => body)).toContainEqual(
    expect.objectContaining({ model: 'mine', max_tokens: 9, stop: ['x'], decoding: { strategy: 'aad', alpha: 0.2 } }),
  )
  expect(words).toContain('prompts.txt: 3 prompts\n')
  expect(words).toContain('a, answers: 12/12 rows, ')
  expect(words).toContain('a, scores by the oracle: 12/12 rows\n')
  expect(words).toContain('a, scores by the picker: 12/12 rows\n')
  expect(words).toMatch(/\nmethod +R +W +tokens\ngreedy-sft /)
  expect(words).toContain(`${join(folder, 'a', 'report.html')}: the report`)
})

it('says how much a judge is asked, asks it with its key, and shows what it said', async () => {
  const judge = await startFakeJudge(longest)
  onTestFinished(() => judge.stop())
  const flags = { judgeUrl: judge.url, judgeModel: 'm', strategies: 'aad,greedy-sft,eft', limit: 2 }
  await run('judged', flags, prompts, { TANDEM_JUDGE_KEY: 'secret-key' })
  expect(words).toContain('Judge m: at most 8 requests, for both orders of 4 pairs of answers\n')
  expect(words).toContain('judged, judgements: 8/8 rows\n')
  expect(words).toMatch(
    /\ncomparison +dataset +W by judge +W by oracle +ties +no verdict +first place\naad against greedy-sft /,
  )
  expect(words).not.toContain('secret-key')
  expect(judge.received.map(({ authorization }) => authorization)).toEqual(new Array(9).fill('Bearer secret-key'))
})

it('makes the report again without a gateway, with answers for alpaca_eval and a comparison', async () => {
  for (const [out, seed] of [
    ['b', 1],
    ['c', 2],
  ] as const)
    await run(out, { seed })
  const before = gateway.received.length
  const options = {
    reportOnly: true,
    export: 'alpaca_eval',
    compare: join(folder, 'b'),
    url: 'http://127.0.0.1:1',
  } as const
  await run('c', options, undefined)
  expect(gateway.received.length).toBe(before)
  expect(await readdir(join(folder, 'c', 'alpaca_eval'))).toEqual(['aad.json', 'greedy-sft.json'])
  expect(await readFile(join(folder, 'c', 'comparison', 'comparison.csv'), 'utf8')).toContain('greedy-sft')
})

it.each<[string, Partial<EvaluateOptions>]>([
  ['unknown strategy "nope"', { strategies: 'nope' }],
  ['--reference is "eft": expected a strategy of --strategies: aad, greedy-sft', { reference: 'eft' }],
  ['best-of-n needs a picker: give --picker NAME', { strategies: 'aad,best-of-n' }],
  [
    'adapter_scale needs models that this command starts, and the gateway at --url has its own: remove --url. Or serve the scales',
    { sweep: ['aad adapter_scale=0.4'] },
  ],
  ['--oracle is missing: expected the reward model that scores the answers', { oracle: undefined }],
])('refuses what cannot work: %s', async (message, changes) => {
  await expect(run('refused', changes)).rejects.toThrow(message)
})

it('needs prompts', async () => {
  const context = createTestContext(folder)
  const base = { out: join(folder, 'd'), url: gateway.url, apiKeys: [], seed: 0, retryFor: 0, timeout: 60 }
  await expect(evaluate(undefined, { ...base, strategies: 'aad' }, context)).rejects.toThrow(
    'the file of prompts is missing. Only --report-only needs none',
  )
})
