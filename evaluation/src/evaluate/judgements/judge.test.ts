import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { parseResults } from '../../report/index.js'
import { evaluationOptions, method, sweep } from '../../testing/evaluation-options.js'
import { errorReply, type FakeGateway, type FakeOptions, startFakeGateway } from '../../testing/fake-gateway.js'
import { type JudgeRule, longest, startFakeJudge } from '../../testing/fake-judge.js'
import { useFolder } from '../../testing/folder.js'
import { evaluationPaths } from '../evaluation-paths.js'
import type { EvaluationOptions, JudgeOptions } from '../index.js'
import { defaultTemplate } from '../judge/prompt/default-template.js'
import { runEvaluation } from '../run-evaluation.js'

const folder = useFolder()
let gateway: FakeGateway
beforeAll(async () => {
  gateway = await startFakeGateway({ rewardModels: ['oracle', 'picker'], intercept: answers })
})
afterAll(() => gateway.stop())

/** An answer is the strategy's name, as often as the prompt has words; to "same" all are equal. */
function answers({ path, body }: { readonly path: string; readonly body: Readonly<Record<string, unknown>> }) {
  if (path !== '/v1/chat/completions' || JSON.stringify(body).includes('refuse this')) return undefined
  const [{ content = '' } = {}] = body.messages as { content?: string }[]
  const { strategy } = body.decoding as { strategy: string }
  const text = content === 'same' ? 'equal' : content.replace(/\w+/g, strategy)
  const message = { role: 'assistant', content: text }
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
  return { status: 200, text: JSON.stringify({ choices: [{ message, finish_reason: 'stop' }], usage }) }
}

/** Starts a judge that is stopped after the test. */
async function startJudge(rule: JudgeRule, options: FakeOptions = {}) {
  const server = await startFakeJudge(rule, options)
  onTestFinished(() => server.stop())
  return server
}
const judgeAt = (server: FakeGateway, changes: Partial<JudgeOptions> = {}): JudgeOptions => ({
  ...{ server: { url: server.url }, model: 'org/judge', name: 'org/judge', template: defaultTemplate },
  ...{ pairs: 'reference', ...changes },
})

let number = 0
async function prepare(texts: readonly string[], judge: JudgeOptions, changes: Partial<EvaluationOptions> = {}) {
  const path = join(folder(), `asked-${++number}.txt`)
  await writeFile(path, texts.map((text) => `${text}\n`).join(''))
  return evaluationOptions(path, join(folder(), `run-${number}`), gateway.url, { judge, ...changes })
}
async function evaluate(texts: readonly string[], judge: JudgeOptions, changes: Partial<EvaluationOptions> = {}) {
  const options = await prepare(texts, judge, changes)
  const results = parseResults(JSON.parse(await readFile(await runEvaluation(options), 'utf8')))
  return { options, results }
}
const rowsOf = async ({ out }: EvaluationOptions, name = 'org/judge') =>
  (await readFile(evaluationPaths(out).judgements(name), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

it('asks for both orders, and a win is a win in both', async () => {
  const server = await startJudge(longest)
  const { options, results } = await evaluate(['Hi', 'Say it'], judgeAt(server))
  // greedy-sft is the longer name.
  const loss = { first: 'aad', second: 'greedy-sft', score: 0, orders: ['second', 'second'] }
  expect(results.judgements).toEqual(['prompt 1', 'prompt 2'].map((prompt) => ({ prompt, ...loss })))
  expect(results.judge).toBe('org/judge')
  expect((await rowsOf(options)).slice(0, 2)).toEqual([
    { index: 0, first: 'aad', second: 'greedy-sft', verdict: 'second', text: 'B', error: null },
    { index: 0, first: 'greedy-sft', second: 'aad', verdict: 'first', text: 'A', error: null },
  ])
})

it('asks with temperature 0, few tokens and a seed, in a message with the prompt and both answers', async () => {
  const server = await startJudge(longest)
  await evaluate(['Hi'], judgeAt(server))
  const [trial, first] = server.received
  expect(trial?.body).toMatchObject({ messages: [{ content: expect.stringContaining('What is 1 + 1?') }] })
  expect(first?.body).toMatchObject({ model: 'org/judge', temperature: 0, max_tokens: 16, seed: 0 })
  expect(first?.body.messages).toMatchObject([{ role: 'user', content: expect.stringMatching(/Hi.*aad.*greedy-sft/s) }])
  expect(first?.requestId).toMatch(/^evaluate-[0-9a-f]{16}-judge-0$/)
})

it('a judge that always prefers the first place has only ties', async () => {
  const { results } = await evaluate(['Hi', 'Ho'], judgeAt(await startJudge(() => 'A')))
  expect(results.judgements.map(({ score, orders }) => [score, orders])).toEqual([
    [0.5, ['first', 'second']],
    [0.5, ['first', 'second']],
  ])
})

it('keeps what it cannot read, and makes neither a tie nor a loss of it', async () => {
  const garbage = 'A good question! Both\nanswers \u2028 have'
  const server = await startJudge(({ message }) => (message.includes('Hi') ? garbage : 'B'))
  const { options, results } = await evaluate(['Hi', 'Ho'], judgeAt(server))
  expect(results.judgements.map(({ score, orders }) => [score, orders])).toEqual([
    [null, ['unparsed', 'unparsed']],
    [0.5, ['second', 'first']],
  ])
  expect((await rowsOf(options))[0]).toMatchObject({ verdict: null, text: garbage, error: null })
})

it('equal answers are a tie that is not asked for', async () => {
  const server = await startJudge(longest)
  const { results } = await evaluate(['same'], judgeAt(server))
  expect(results.judgements).toMatchObject([{ score: 0.5, orders: null }])
  // The trial only.
  expect(server.received).toHaveLength(1)
})

it('leaves out prompts without an answer', async () => {
  const { results } = await evaluate(['refuse this', 'Ho'], judgeAt(await startJudge(longest)))
  expect(results.judgements.map(({ prompt }) => prompt)).toEqual(['prompt 2'])
})

it('waits if the judge is overloaded; an error of one request is a row', async () => {
  const refused = new Set<string | undefined>()
  const server = await startJudge((shown, received) => {
    if (shown.message.includes('Ho')) return errorReply(500, { message: 'broken' })
    if (refused.has(received.requestId)) return longest(shown, received)
    refused.add(received.requestId)
    return errorReply(429, { message: 'full' }, { 'retry-after': '0' })
  })
  const { options, results } = await evaluate(['Hi', 'Ho'], judgeAt(server))
  expect(results.judgements.map(({ score, orders }) => [score, orders])).toEqual([
    [0, ['second', 'second']],
    [null, ['refused', 'refused']],
  ])
  expect((await rowsOf(options))[2]).toMatchObject({ verdict: null, text: null, error: { status: 500 } })
})

it('compares all methods with each other if it is asked to, and never points of sweeps', async () => {
  const server = await startJudge(longest)
  const strategies = [method('aad'), method('eft'), method('best-of-n', { n: 2 }), sweep('aad', { alpha: 0.5 })]
  const pairsOf = async (pairs: JudgeOptions['pairs']) => {
    const judge = judgeAt(server, { pairs })
    const { results } = await evaluate(['Hi'], judge, { strategies, picker: 'picker', reference: 'eft' })
    return results.judgements.map(({ first, second }) => [first, second])
  }
  expect(await pairsOf('reference')).toEqual([
    ['aad', 'eft'],
    ['best-of-n n=2', 'eft'],
  ])
  expect(await pairsOf('all')).toEqual([
    ['aad', 'best-of-n n=2'],
    ['aad', 'eft'],
    ['best-of-n n=2', 'eft'],
  ])
})

it('leaves out the seed, or uses the newer name of the limit, if the endpoint wants it', async () => {
  const refusing =
    (name: string): JudgeRule =>
    (shown, received) =>
      name in received.body ? errorReply(400, { message: `no ${name}`, param: name }) : longest(shown, received)
  const asked = async (name: string) => {
    const server = await startJudge(refusing(name))
    await evaluate(['Hi'], judgeAt(server))
    const { model: _model, messages: _messages, ...parameters } = server.received.at(-1)?.body ?? {}
    return parameters
  }
  expect(await asked('seed')).toEqual({ temperature: 0, max_tokens: 16 })
  expect(await asked('max_tokens')).toEqual({ temperature: 0, max_completion_tokens: 16, seed: 0 })
})

it('gives a model that thinks before it answers more tokens, and no temperature', async () => {
  const server = await startJudge((shown, received) =>
    Number(received.body.max_completion_tokens ?? 0) > 16 ? longest(shown, received) : ' ',
  )
  await evaluate(['Hi'], judgeAt(server))
  const { model: _model, messages: _messages, ...parameters } = server.received.at(-1)?.body ?? {}
  expect(parameters).toEqual({ max_completion_tokens: 4096 })
})

it('a judge that cannot be asked ends the run before there are answers', async () => {
  const closed = await startJudge(() => errorReply(401, { message: 'wrong key' }))
  const strict = await startJudge(() => errorReply(400, { message: 'temperature must be 1' }))
  const silent = await startJudge(() => ' ')
  const before = gateway.received.length
  for (const [server, message] of [
    [closed, 'answered 401: wrong key'],
    [strict, 'answered 400: temperature must be 1'],
    [silent, 'answered without text: {"temperature":0,"max_tokens":16,"seed":0}'],
  ] as const)
    await expect(evaluate(['Hi'], judgeAt(server))).rejects.toThrow(
      `the judge org/judge cannot be asked: ${server.url} ${message}`,
    )
  expect(gateway.received.length).toBe(before)
})

it('a finished run asks the judge nothing, and a changed judge needs another name', async () => {
  const server = await startJudge(longest)
  const { options } = await evaluate(['Hi'], judgeAt(server))
  const before = server.received.length
  await runEvaluation(options)
  expect(server.received.length).toBe(before)
  const changed = judgeAt(server, { template: '{{prompt}} {{answer_a}} {{answer_b}}' })
  const asked = gateway.received.length
  const strategies = [...options.strategies, method('eft')]
  await expect(runEvaluation({ ...options, strategies, judge: changed })).rejects.toThrow(
    /judgements\.org_judge\.jsonl was started with other settings: judge\.prompt is "[0-9a-f]{64}", and was/,
  )
  // It is refused before anything else is asked for.
  expect(gateway.received.length).toBe(asked)
  await runEvaluation({ ...options, judge: { ...changed, name: 'short' } })
  expect(await readdir(options.out)).toContain('judgements.short.jsonl')
})

it('sends the key, and writes it into no file', async () => {
  const server = await startJudge(longest)
  const judge = judgeAt(server, { server: { url: server.url, apiKey: 'secret-key' } })
  const { options } = await evaluate(['Hi'], judge)
  expect(server.received.every(({ authorization }) => authorization === 'Bearer secret-key')).toBe(true)
  for (const name of await readdir(options.out))
    expect(await readFile(join(options.out, name), 'utf8')).not.toContain('secret-key')
})

it.each<[string, Partial<JudgeOptions>, Partial<EvaluationOptions>, string]>([
  ['a password in the URL', { server: { url: 'http://u:pass@h' } }, {}, '--judge-url has a user, a password, a query'],
  ['a key in the URL', { server: { url: 'http://h/?key=1' } }, {}, 'The key of the judge is in TANDEM_JUDGE_KEY'],
  ['a prompt without answers', { template: '{{prompt}}' }, {}, '--judge-prompt has no {{answer_a}}'],
  ['one method', {}, { strategies: [method('aad')] }, '--judge-url compares methods, and --strategies has one'],
])('refuses %s', async (_, judge, changes, message) => {
  const server = await startJudge(longest)
  await expect(evaluate(['Hi'], judgeAt(server, judge), changes)).rejects.toThrow(message)
  expect(server.received).toHaveLength(0)
})

it('compares strategies that need different scales of the adapter', async () => {
  const server = await startJudge(longest)
  const strategies = [method('aad', {}, 0.4), method('greedy-sft')]
  const { results } = await evaluate(['Hi'], judgeAt(server), { strategies, adapterScale: 1 })
  const loss = { first: 'aad adapter_scale=0.4', second: 'greedy-sft', score: 0, orders: ['second', 'second'] }
  expect(results.judgements).toEqual([{ prompt: 'prompt 1', ...loss }])
})

it('a strategy that is added later is judged, and nothing that is there is asked again', async () => {
  const server = await startJudge(longest)
  const texts = ['Hi', 'Say it', 'same']
  const few = [method('aad'), method('greedy-sft')]
  const all = [...few, method('greedy-dpo')]
  const whole = await evaluate(texts, judgeAt(server, { pairs: 'all' }), { strategies: all })
  const judge = judgeAt(server, { pairs: 'all' })
  const { options } = await evaluate(texts, judge, { strategies: few })
  const before = server.received.length
  const results = parseResults(JSON.parse(await readFile(await runEvaluation({ ...options, strategies: all }), 'utf8')))
  // The trial; two new pairs, both orders, of the prompts whose answers differ.
  expect(server.received.length - before).toBe(1 + 2 * 2 * 2)
  expect(await rowsOf(options)).toEqual(await rowsOf(whole.options))
  expect(results.judgements).toEqual(whole.results.judgements)
})

it('keeps its judgements if strategies are named in another order, and scales and strategies are added', async () => {
  const server = await startJudge(longest)
  const judge = judgeAt(server, { pairs: 'all' })
  const strategies = [method('aad', {}, 0.4), method('greedy-sft'), sweep('aad', {}, 0.2)]
  const { options } = await evaluate(['Hi', 'Ho'], judge, { strategies, adapterScale: 1 })
  // The trial, and both orders of one pair to each prompt.
  expect(server.received).toHaveLength(1 + 4)
  const others = [method('eft'), method('aad', {}, 0.7), ...strategies.toReversed()]
  const results = parseResults(
    JSON.parse(await readFile(await runEvaluation({ ...options, strategies: others }), 'utf8')),
  )
  expect(results.reference).toBe('eft')
  expect(results.judgements).toHaveLength(2 * 6)
  // A trial again, and five new pairs, one of which has equal answers.
  expect(server.received).toHaveLength(1 + 4 + 1 + 4 * 4)
  await runEvaluation({ ...options, strategies: others.toReversed() })
  expect(server.received).toHaveLength(1 + 4 + 1 + 4 * 4)
})
