import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type KeyLimits, noLimits } from '../access/key-limits.js'
import { KeyStore } from '../access/key-store.js'
import { holdSteps } from '../testing/hold-answers.js'
import { serveApp } from '../testing/serve-app.js'
import { postJson, startToyGateway, type ToyChanges, type ToyGateway } from '../testing/toy-gateway.js'
import { Admission } from './admission.js'
import { formatDuration } from './key-limit-headers.js'

let gateway: ToyGateway
beforeAll(async () => {
  gateway = await startToyGateway()
})
afterAll(() => gateway.stop())
afterEach(() => {
  gateway.dpo.beforeStep = () => undefined
})

const completion = { model: 'toy', prompt: [4, 388, 365], max_tokens: 5, ignore_eos: true }
const chat = { model: 'toy', messages: [{ role: 'user', content: 'hi' }], max_tokens: 2 }

function createClient(limits: Partial<KeyLimits>, changes: ToyChanges = {}) {
  const clock = { nowMs: 0 }
  const keys = new KeyStore({ keys: ['key', 'other'], defaults: { ...noLimits, ...limits }, now: () => clock.nowMs })
  const app = gateway.app({ keys, ...changes })
  const post = (body: object, { path = '/v1/completions', key = 'key', signal }: PostOptions = {}) =>
    postJson(app, path, body, { headers: { authorization: `Bearer ${key}` }, ...(signal ? { signal } : {}) })
  return { app, post, clock, usage: keys.find('key')?.usage }
}
interface PostOptions {
  readonly path?: string
  readonly key?: string
  readonly signal?: AbortSignal
}

const limitsOf = ({ headers }: Response) =>
  Object.fromEntries(
    [...headers].filter(([name]) => name.startsWith('x-ratelimit-')).map(([name, value]) => [name.slice(12), value]),
  )
const refusalOf = async (response: Response) => {
  const { error } = (await response.json()) as { error: { message: string; code: string; type: string } }
  const header = (name: string) => response.headers.get(name)
  return { status: response.status, ...error, retryAfter: header('retry-after'), retry: header('x-should-retry') }
}

test('requests per minute: refuses the next one before its body is read, and no other key', async () => {
  const { post, app, clock } = createClient({ requestsPerMinute: 3 })
  const first = await post(completion)
  expect(limitsOf(first)).toMatchObject({ 'limit-requests': '3', 'remaining-requests': '2' })
  expect(limitsOf(first)).toMatchObject({ 'reset-requests': '20s' })
  // A wrong request counts too, and so does one that runs no model.
  expect(limitsOf(await post({ ...completion, max_tokens: -1 }))).toMatchObject({ 'remaining-requests': '1' })
  expect(limitsOf(await post({ prompt: 'a' }, { path: '/tokenize' }))).toMatchObject({ 'remaining-requests': '0' })
  gateway.dpo.steps = []
  for (const path of ['/v1/completions', '/v1/chat/completions', '/v1/score', '/tokenize', '/detokenize']) {
    const refused = await post({}, { path })
    expect(limitsOf(refused)).toMatchObject({ 'remaining-requests': '0' })
    expect(await refusalOf(refused)).toMatchObject({
      status: 429,
      type: 'rate_limit_error',
      code: 'rate_limit_exceeded',
      message: 'this API key has used its 3 requests per minute: retry in 20 s',
      retryAfter: '20',
      retry: 'true',
    })
  }
  expect(gateway.dpo.steps).toEqual([])
  expect((await post(completion, { key: 'other' })).status).toBe(200)
  const headers = { authorization: 'Bearer key' }
  expect((await app.request('/v1/models', { headers })).status).toBe(200)
  clock.nowMs = 20_000
  expect((await post(completion)).status).toBe(200)
})

test('tokens per minute: counts the prompt and each generated token, streamed or not', async () => {
  const { post, usage } = createClient({ tokensPerMinute: 1000 })
  const used = () => 1000 - (usage?.tokenState?.remaining ?? 0)
  const whole = await post(completion)
  expect(limitsOf(whole)).toMatchObject({
    'limit-tokens': '1000',
    'remaining-tokens': '992',
  })
  expect(used()).toBe(8)
  await (await post({ ...completion, stream: true })).text()
  expect(used()).toBe(16)
  await post({ ...completion, prompt: [[4, 5], [6]], decoding: { strategy: 'sample' }, n: 2 })
  expect(used()).toBe(16 + 3 + 4 * 5)
})

test('tokens per minute: counts all attempts of searches and choices', async () => {
  const { post, usage } = createClient({ tokensPerMinute: 1000 })
  const decoding = { strategy: 'random-of-n', n: 4 }
  const answer = (await (await post({ ...completion, decoding })).json()) as { decoding: { generated_tokens: number } }
  expect(answer.decoding.generated_tokens).toBe(20)
  expect(usage?.tokenState?.remaining).toBe(1000 - 3 - 20)
})

test('tokens per minute: refuses what can never fit with 400, and the rest until there is room', async () => {
  const { post, usage } = createClient({ tokensPerMinute: 20 })
  gateway.dpo.steps = []
  expect(await refusalOf(await post({ ...completion, max_tokens: 18 }))).toMatchObject({
    status: 400,
    code: 'tokens_per_minute_exceeded',
    message: expect.stringContaining('the request can take 21 tokens'),
    retry: 'false',
  })
  const choice = { ...completion, max_tokens: 6, decoding: { strategy: 'random-of-n', n: 3 } }
  expect(await refusalOf(await post(choice))).toMatchObject({ status: 400 })
  expect(await refusalOf(await post({ ...chat, max_tokens: 19 }, { path: '/v1/chat/completions' }))).toMatchObject({
    status: 400,
  })
  expect(gateway.dpo.steps).toEqual([])
  expect(usage?.tokenState?.remaining).toBe(20)
  expect((await post({ ...completion, max_tokens: 17 })).status).toBe(200)
  expect(await refusalOf(await post(completion))).toMatchObject({
    status: 429,
    code: 'rate_limit_exceeded',
    message: expect.stringContaining('this API key has used its 20 tokens per minute: retry in '),
  })
})

test('a request without max_tokens may overdraw the minute; the next one waits for it', async () => {
  const { post, usage } = createClient({ tokensPerMinute: 20 })
  const { max_tokens: _limit, ...open } = { ...chat, ignore_eos: true }
  expect((await post(open, { path: '/v1/chat/completions' })).status).toBe(200)
  expect(usage?.tokenState?.remaining).toBe(0)
  const { retryAfter } = await refusalOf(await post(completion))
  expect(Number(retryAfter)).toBeGreaterThan(60)
})

test('requests at once: each holds its place until its answer, its stream or its client has ended', async () => {
  const { post } = createClient({ concurrent: 1 })
  const held = holdSteps(gateway.dpo)
  const running = post(completion)
  await expect.poll(() => held.count).toBeGreaterThan(0)
  expect(await refusalOf(await post(completion))).toMatchObject({
    status: 429,
    message: 'requests of this API key at once: 1, its maximum. Retry when one has ended',
    retryAfter: '1',
  })
  const another = post(completion, { key: 'other' })
  held.release()
  expect([(await running).status, (await another).status]).toEqual([200, 200])
  const stream = await post({ ...completion, stream: true })
  expect((await post(completion)).status).toBe(429)
  await stream.text()
  const cancelled = await post({ ...completion, max_tokens: 40, stream: true })
  await cancelled.body?.cancel()
  for (const body of [{ ...completion, max_tokens: -1 }, completion]) await post(body)
  expect((await post(completion)).status).toBe(200)
})

test('a client that disconnects while it waits or is being answered gives its place back', async () => {
  const keys = new KeyStore({ keys: ['key'], defaults: { ...noLimits, concurrent: 2 } })
  const admission = new Admission({ maxConcurrent: 1, maxWaiting: 4 })
  const acquire = vi.spyOn(admission, 'acquire')
  const server = await serveApp(gateway.app({ keys, admission }))
  gateway.dpo.beforeStep = () => delay(20)
  const headers = { authorization: 'Bearer key', 'content-type': 'application/json' }
  const ask = (body: object) => {
    const request = httpRequest(`${server.url}/v1/completions`, { method: 'POST', headers })
    request.on('error', () => undefined)
    request.end(JSON.stringify({ ...completion, ...body }))
    return request
  }
  try {
    const answered = ask({ max_tokens: 60, stream: true })
    await once(answered, 'response')
    // None of them ends by itself.
    const held = holdSteps(gateway.dpo)
    const waiting = ask({ max_tokens: 60 })
    await expect.poll(() => acquire.mock.calls.length).toBe(2)
    const refused = async () => {
      const [{ statusCode }] = (await once(ask({ max_tokens: 1 }), 'response')) as [{ statusCode: number }]
      return statusCode
    }
    expect(await refused()).toBe(429)
    waiting.destroy()
    answered.destroy()
    held.release()
    await expect.poll(refused).toBe(200)
  } finally {
    await server.stop()
  }
})

test('a request that the full queue refuses costs no tokens', async () => {
  const admission = new Admission({ maxConcurrent: 1, maxWaiting: 0 })
  const { post, usage } = createClient({ tokensPerMinute: 1000 }, { admission })
  const held = holdSteps(gateway.dpo)
  const asked = [post(completion), post(completion)]
  await Promise.race(asked)
  held.release()
  const [first, second] = await Promise.all(asked)
  expect([first?.status, second?.status]).toEqual([200, 429])
  expect(await refusalOf(second as Response)).toMatchObject({ code: 'too_many_requests' })
  expect(usage?.tokenState?.remaining).toBe(1000 - 8)
})

test('without limits, and without keys, answers have no such headers', async () => {
  expect(limitsOf(await createClient({}).post(completion))).toEqual({})
  expect(limitsOf(await gateway.post('/v1/completions', completion))).toEqual({})
})

test('formats durations as OpenAI does', () => {
  expect([0, 20, 999.5, 1000, 59_001, 360_000, 3_661_000].map(formatDuration)).toEqual([
    '0ms',
    '20ms',
    '1000ms',
    '1s',
    '1m0s',
    '6m0s',
    '61m1s',
  ])
})
