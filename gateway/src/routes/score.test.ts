import { status } from '@grpc/grpc-js'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type RewardModel, toRewardJob } from '../session/models/reward-model.js'
import { holdScores } from '../testing/hold-answers.js'
import { postJson, startToyGateway, type ToyGateway } from '../testing/toy-gateway.js'
import { ToyReward } from '../testing/toy-reward.js'
import { openToyReward } from '../testing/toy-sets.js'
import { runJob } from '../text/index.js'
import { readText } from '../text/testing/fixtures.js'
import { Admission } from './admission.js'
import type { createApp } from './app.js'

let gateway: ToyGateway
let toy: ToyReward
let address: string
let rewards: Map<string, RewardModel>
let app: ReturnType<typeof createApp>
beforeEach(async () => {
  gateway = await startToyGateway()
  toy = new ToyReward()
  address = await toy.start()
  rewards = new Map()
  for (const name of ['picker', 'other']) rewards.set(name, await openToyReward(name, address))
  app = gateway.app({ rewards })
})
afterEach(() => {
  for (const { replicas } of rewards.values()) replicas.close()
  toy.kill()
  gateway.stop()
})

const post = (body: object, init?: RequestInit) => postJson(app, '/v1/score', body, init)
const user = (content: string) => ({ role: 'user', content })
const assistant = (content: string) => ({ role: 'assistant', content })
const first = [user('what is decoding'), assistant('no')]
const second = [user('a'), assistant('b'), user('c'), assistant('naïve café')]

const rewardText = readText('tiny-reward/base')
const idsOf = (conversation: readonly { role: string; content: string }[]): number[] =>
  runJob(rewardText, toRewardJob(conversation))

async function errorOf(response: Promise<Response>) {
  const { status, headers } = await response
  const { error } = (await (await response).json()) as { error: { message: string; code: unknown; param: unknown } }
  return { status, headers, ...error }
}

test('scores one conversation with the first reward model', async () => {
  const response = await post({ messages: first })
  const ids = idsOf(first)
  expect(await response.json()).toEqual({
    object: 'list',
    model: 'picker',
    data: [{ object: 'score', index: 0, score: ToyReward.score(ids) }],
    usage: { prompt_tokens: ids.length, total_tokens: ids.length },
  })
})

test('scores several conversations in their order, by the requested model; content can have parts', async () => {
  const parts = [{ role: 'user', content: [{ type: 'text', text: 'what is decoding' }] }, assistant('no')]
  const response = await post({ model: 'other', conversations: [second, parts] })
  const expected = [idsOf(second), idsOf(first)]
  expect(toy.sequences).toEqual(expected)
  expect(await response.json()).toMatchObject({
    model: 'other',
    data: expected.map((ids, index) => ({ index, score: ToyReward.score(ids) })),
    usage: { total_tokens: expected.flat().length },
  })
})

const long = 'x'.repeat(60)
test.each([
  [{}, 'messages', 'give either messages (one conversation) or conversations (a list of conversations)'],
  [{ messages: first, conversations: [first] }, 'conversations', 'give either messages'],
  [{ messages: [] }, 'messages', 'messages must contain at least one message'],
  [{ conversations: [] }, 'conversations', 'conversations must contain at least one conversation'],
  [{ conversations: [[]] }, 'conversations.0', 'conversations.0 must contain at least one message'],
  [{ conversations: first }, 'conversations.0', ': expected a list'],
  [
    { messages: [{ role: 'robot', content: '' }] },
    'messages.0.role',
    'messages.0.role is "robot": expected one of "system", "developer"',
  ],
  [
    { text_1: 'a' },
    'text_1',
    'text_1: unknown parameter of /v1/score; expected one of: model, messages, conversations',
  ],
  [
    { conversations: Array.from({ length: 65 }, () => first) },
    'conversations',
    'conversations has 65 items: expected at most 64',
  ],
  [{ messages: [user(long)] }, 'messages', 'messages has'],
  [{ conversations: [first, [user(long)]] }, 'conversations[1]', 'conversations[1] has'],
  [
    { conversations: [[user('x'.repeat(9_999))]] },
    'conversations[0]',
    'This server accepts prompts of at most 50 tokens.',
  ],
  [{ messages: 7 }, 'messages', 'messages is 7: expected a list'],
])('%j is refused', async (body, param, message) => {
  expect(await errorOf(post(body))).toMatchObject({ status: 400, param, message: expect.stringContaining(message) })
  expect(toy.sequences).toEqual([])
})

test('refuses an unknown model and lists the known ones', async () => {
  expect(await errorOf(post({ model: 'toy', messages: first }))).toMatchObject({
    status: 404,
    code: 'model_not_found',
    message: 'this server has no reward model "toy"; expected one of: picker, other',
  })
  const none = gateway.post('/v1/score', { messages: first })
  expect(await errorOf(none)).toMatchObject({
    status: 404,
    message: 'this server has no reward model; start one with "tandem up --reward NAME=DIR"',
  })
})

test('checks keys, content types, methods and body sizes like the other routes', async () => {
  app = gateway.app({ rewards, apiKeys: ['key'] })
  expect((await post({ messages: first })).status).toBe(401)
  expect((await post({ messages: first }, { headers: { authorization: 'Bearer key' } })).status).toBe(200)
  app = gateway.app({ rewards })
  expect((await post({ messages: first }, { headers: { 'content-type': 'text/plain' } })).status).toBe(415)
  expect((await app.request('/v1/score')).headers.get('allow')).toBe('POST')
  expect((await post({ messages: [user('x'.repeat(100_000))] })).status).toBe(413)
})

test('reports whether the service is busy, slow or unavailable', async () => {
  toy.nextError = { code: status.RESOURCE_EXHAUSTED, details: 'full' }
  const busy = await errorOf(post({ messages: first }))
  expect(busy).toMatchObject({ status: 503, code: 'service_exhausted' })
  expect(busy.headers.get('retry-after')).toBe('1')
  const held = holdScores(toy)
  app = gateway.app({
    rewards,
    limits: { maxPromptTokens: 50, maxBodyBytes: 100_000, requestTimeoutMs: 50, receiveTimeoutMs: 5_000 },
  })
  expect(await errorOf(post({ messages: first }))).toMatchObject({ status: 504, code: 'service_deadline' })
  held.release()
  rewards.get('picker')?.replicas.close()
  rewards.set('picker', await openToyReward('picker', address, 500))
  toy.kill()
  app = gateway.app({ rewards })
  expect(await errorOf(post({ messages: first }))).toMatchObject({ status: 503, code: 'service_unavailable' })
  const ready = await app.request('/readyz')
  expect(ready.status).toBe(503)
  expect(await ready.text()).toContain('the reward service picker at')
})

test('a client that disconnects ends the call and releases its place', async () => {
  app = gateway.app({ rewards, admission: new Admission({ maxConcurrent: 1, maxWaiting: 1 }) })
  const held = holdScores(toy)
  const client = new AbortController()
  const gone = post({ messages: first }, { signal: client.signal })
  await expect.poll(() => toy.sequences.length).toBe(1)
  client.abort()
  expect((await gone).status).toBe(499)
  await expect.poll(() => toy.cancelled).toBe(1)
  held.release()
  expect((await post({ messages: first })).status).toBe(200)
})
