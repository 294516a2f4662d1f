import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseResults } from '../report/index.js'
import { evaluationOptions, method, sweep } from '../testing/evaluation-options.js'
import { type FakeGateway, startFakeGateway } from '../testing/fake-gateway.js'
import { useFolder } from '../testing/folder.js'
import type { EvaluationOptions } from './index.js'
import { runEvaluation } from './run-evaluation.js'

const folder = useFolder()
let gateway: FakeGateway
beforeAll(async () => {
  gateway = await startFakeGateway({ rewardModels: ['oracle', 'picker'] })
})
afterAll(() => gateway.stop())

let number = 0
async function prepare(
  rows: readonly (string | object)[],
  changes: Partial<EvaluationOptions> = {},
  url = gateway.url,
) {
  const isText = typeof rows[0] === 'string'
  const path = join(folder(), `asked-${++number}.${isText ? 'txt' : 'jsonl'}`)
  await writeFile(path, rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join(''))
  return evaluationOptions(path, join(folder(), `run-${number}`), url, changes)
}
async function evaluate(rows: readonly (string | object)[], changes: Partial<EvaluationOptions> = {}) {
  const options = await prepare(rows, changes)
  const before = gateway.received.length
  const path = await runEvaluation(options)
  return { options, results: await read(path), received: gateway.received.slice(before) }
}
const read = async (path: string) => parseResults(JSON.parse(await readFile(path, 'utf8')))

it('has the answers of every strategy with their scores and lengths', async () => {
  const { results, received } = await evaluate(['Hi', 'Ho'], { body: { max_tokens: 9 } })
  expect(results).toMatchObject({
    ...{ title: 'Evaluation of fake', oracle: 'oracle', picker: null, reference: 'aad', baseline: 'greedy-sft' },
    prompts: [
      { id: 'prompt 1', text: 'Hi', dataset: `asked-${number}` },
      { id: 'prompt 2', text: 'Ho' },
    ],
    strategies: [
      { id: 'aad', label: 'aad', strategy: 'aad', parameters: {}, pair: 'fake', role: 'method' },
      { id: 'greedy-sft', role: 'method' },
    ],
  })
  expect(results.answers.map(({ prompt, strategy }) => [prompt, strategy])).toEqual([
    ['prompt 1', 'aad'],
    ['prompt 1', 'greedy-sft'],
    ['prompt 2', 'aad'],
    ['prompt 2', 'greedy-sft'],
  ])
  const asked = received.filter(({ path }) => path === '/v1/chat/completions')
  expect(asked.map(({ body }) => [body.max_tokens, body.decoding])).toContainEqual([9, { strategy: 'greedy-sft' }])
  expect(asked[0]?.requestId).toMatch(/^evaluate-[0-9a-f]{16}-0-0-0$/)
  // Each answer is scored after its prompt.
  const [answer] = results.answers
  expect(received.filter(({ path }) => path === '/v1/score').map(({ body }) => body)).toContainEqual({
    model: 'oracle',
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: answer?.text },
    ],
  })
  expect(answer).toMatchObject({ oracle: expect.any(Number), picker: null, tokens: expect.any(Number) })
})

it('one pool of samples serves best-of-n for all n, picked by the picker', async () => {
  const strategies = [method('aad'), method('best-of-n', { n: 2 }), sweep('best-of-n', { n: 4 })]
  const { results, received } = await evaluate(['Hi', 'Ho', 'Hm'], { strategies, picker: 'picker', samples: 4 })
  expect(received.filter(({ path }) => path !== '/v1/score')).toHaveLength(3 * (1 + 4))
  for (const { id } of results.prompts) {
    const of = (label: string) => results.answers.filter(({ prompt, strategy }) => prompt === id && strategy === label)
    const pool = of('4 samples: sample top_p=0.9')
    expect(pool.map(({ sample }) => sample)).toEqual([0, 1, 2, 3])
    for (const n of [2, 4]) {
      const [best] = of(`best-of-n n=${n}`)
      expect(best?.picker).toBe(Math.max(...pool.slice(0, n).map(({ picker }) => picker ?? Number.NaN)))
      expect(pool.map(({ text }) => text)).toContain(best?.text)
    }
  }
})

it('asks one gateway for each scale of the adapter, one after the other', async () => {
  const other = await startFakeGateway({ rewardModels: ['oracle'], modelVersion: 'v2', adapterScale: 0.4 })
  const served: (number | null)[] = []
  let open = 0
  const serve: EvaluationOptions['serve'] = async (scale, work) => {
    served.push(scale)
    expect(open++).toBe(0)
    const { url } = scale === 0.4 ? other : gateway
    return work({ server: { url }, model: undefined }).finally(() => open--)
  }
  const strategies = [method('aad'), method('greedy-sft'), sweep('aad', {}, 0.4), sweep('aad', {}, 1)]
  const changes = { strategies, serve, adapterScale: 1 }
  try {
    const { options, results, received } = await evaluate(['Hi', 'Ho'], changes)
    expect(served).toEqual([1, 0.4])
    const answersOf = (requests: readonly { path: string }[]) => requests.filter(({ path }) => path !== '/v1/score')
    expect([received, other.received].map((requests) => answersOf(requests).length)).toEqual([4, 2])
    expect(results.strategies.map(({ label, parameters, role }) => [label, parameters, role])).toEqual([
      ['aad', {}, 'method'],
      ['greedy-sft', {}, 'method'],
      ['aad adapter_scale=1', { adapter_scale: 1 }, 'sweep'],
      ['aad adapter_scale=0.4', { adapter_scale: 0.4 }, 'sweep'],
    ])
    const texts = (label: string) => results.answers.filter((one) => one.strategy === label).map(({ text }) => text)
    expect(texts('aad adapter_scale=1')).toEqual(texts('aad'))
    expect(texts('aad adapter_scale=0.4')).toHaveLength(2)
    expect(results.facts).toMatchObject({
      'model dpo': expect.stringContaining('version v1'),
      'model dpo of adapter-scale-0.4': expect.stringContaining(
        'version v2, adapter fake-lora at 0.4 of its own scale',
      ),
      'requests of adapter-scale-0.4': '1 x {"strategy":"aad"}',
      'default parameters': 'aad {"alpha":0.1}; greedy-sft {}',
    })
    const path = join(options.out, 'results.json')
    const bytes = await readFile(path)
    const before = [gateway.received.length, other.received.length]
    await runEvaluation(options)
    expect([gateway.received.length, other.received.length]).toEqual(before)
    expect(await readFile(path)).toEqual(bytes)
  } finally {
    await other.stop()
  }
})

it('a prompt that the gateway refuses has no answers', async () => {
  const { results } = await evaluate(['Hi', 'refuse this'])
  expect(results.prompts).toHaveLength(2)
  expect(new Set(results.answers.map(({ prompt }) => prompt))).toEqual(new Set(['prompt 1']))
})

it('a finished run is not asked again, and its results are the same bytes', async () => {
  const { options } = await evaluate(['Hi'])
  const path = join(options.out, 'results.json')
  const bytes = await readFile(path)
  const before = gateway.received.length
  await runEvaluation(options)
  expect(gateway.received.length).toBe(before)
  expect(await readFile(path)).toEqual(bytes)
})

it('another oracle scores the answers that are there', async () => {
  const { options, results } = await evaluate(['Hi', 'Ho'])
  const before = gateway.received.length
  const again = await read(await runEvaluation({ ...options, oracle: 'picker' }))
  expect(gateway.received.slice(before).map(({ path }) => path)).toEqual(new Array(4).fill('/v1/score'))
  expect(again.answers.map(({ text }) => text)).toEqual(results.answers.map(({ text }) => text))
  expect(again.answers.map(({ oracle }) => oracle)).not.toEqual(results.answers.map(({ oracle }) => oracle))
})

it('keeps the name, the text, the dataset and the expected answers of a prompt', async () => {
  const rows = ['koala', 'vicuna'].map((dataset) => ({ instruction: ` Say ${dataset}. `, dataset, expected: 1 }))
  const { results } = await evaluate(rows, { datasetField: 'dataset', limit: 1 })
  expect(results.prompts).toEqual([{ id: 'prompt 1', text: ' Say koala. ', dataset: 'koala', expected: ['1'] }])
  const body = { messages: [{ role: 'system', content: 'Be brief.' }, ...user('Hi')] }
  const named = [{ custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body }]
  expect((await evaluate(named)).results.prompts).toMatchObject([
    { id: 'prompt 1: a', text: 'system: Be brief.\n\nuser: Hi' },
  ])
})

const user = (content: string) => [{ role: 'user', content }]

it.each<[string, Partial<EvaluationOptions>, string]>([
  [
    'no oracle',
    { oracle: null },
    '--oracle is missing: expected the reward model that scores the answers; the reward models of the gateway are: oracle, picker',
  ],
  [
    'an oracle that is not served',
    { oracle: 'x' },
    '--oracle x is not served; the reward models of the gateway are: oracle, picker. Add one with --reward NAME=SOURCE',
  ],
  ['one model for both', { picker: 'oracle' }, '--picker and --oracle are both oracle: expected two models'],
  ['best-of-n without a picker', { strategies: [method('best-of-n')] }, 'best-of-n needs a picker: give --picker NAME'],
  [
    'an unknown reference',
    { reference: 'eft' },
    '--reference is "eft": expected a strategy of --strategies: aad, greedy-sft',
  ],
  ['only sweeps', { strategies: [sweep('aad', { alpha: 0.1 })] }, 'only sweeps are named: expected a method too'],
  [
    'a seed of its own',
    { strategies: [method('sample', { seed: 1 })] },
    'decoding.seed cannot be set for a batch: use --seed',
  ],
  ['a decoding in the body', { body: { decoding: {} } }, 'decoding cannot be set in --body: use --strategies'],
  ['a missing dataset', { datasetField: 'dataset' }, 'prompt 1: dataset is not a name of a dataset'],
])('refuses %s', async (_, changes, message) => {
  await expect(runEvaluation(await prepare(['Hi'], changes))).rejects.toThrow(message)
})

it('refuses texts, and other settings for a folder that was begun', async () => {
  await expect(evaluate([{ prompt: 'Once' }])).rejects.toThrow('has texts, and a reward model needs conversations')
  const { options } = await evaluate(['Hi'])
  await expect(runEvaluation({ ...options, seed: 8 })).rejects.toThrow(
    'was started with other settings: seed is 8, and was 7',
  )
})
