import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { postJson, readEvents, startToyGateway, type ToyGateway } from '../testing/toy-gateway.js'
import { Admission } from './admission.js'

let gateway: ToyGateway
beforeAll(async () => {
  gateway = await startToyGateway()
})
afterAll(() => gateway.stop())
beforeEach(() => {
  gateway.dpo.steps = []
  gateway.sft.steps = []
})

const prompt = [4, 388, 365]
const completion = (body: object) => gateway.post('/v1/completions', { model: 'toy', prompt, ...body })

describe('what is refused', () => {
  const refusal = async (response: Promise<Response>) => {
    const found = await response
    const { error } = (await found.json()) as { error: { message: string; param: string | null; code: string | null } }
    expect(Object.keys(error).sort()).toEqual(['code', 'message', 'param', 'type'])
    return { status: found.status, ...error }
  }

  test.each([
    [{ n: 2 }, 'n'],
    [{ n: 0, model: 'toy/sample' }, 'n'],
    [{ n: 17, model: 'toy/sample' }, 'n'],
    [{ n: 2, model: 'toy/sample', temperature: 0 }, 'n'],
    [{ n: 2, model: 'toy/beam' }, 'n'],
    [{ tools: [{}] }, 'tools'],
    [{ response_format: { type: 'json_object' } }, 'response_format'],
    [{ suffix: 'x' }, 'suffix'],
    [{ logprobs: 6 }, 'logprobs'],
    [{ max_tokens: 0 }, 'max_tokens'],
    [{ min_tokens: 20, max_tokens: 10 }, 'min_tokens'],
    [{ stream_options: {} }, 'stream_options'],
    [{ decoding: { alpha: 0 } }, 'decoding.alpha'],
    [{ decoding: { strategy: 'nothing' } }, 'decoding.strategy'],
    [{ decoding: { strategy: 'sample', model: 'amateur' } }, 'decoding.model'],
    [{ decoding: { strategy: 'sample', model: 'The amateur' } }, 'decoding.model'],
    [{ decoding: [] }, 'decoding'],
    [{ alpha: 0.2 }, 'alpha'],
    [{ strategy: 'aad' }, 'strategy'],
    [{ detail: true }, 'detail'],
    [{ beta: 4 }, 'beta'],
    [{ stop_token_ids: [512] }, 'stop_token_ids'],
    [{ stop_token_ids: Array(257).fill(1) }, 'stop_token_ids'],
    [{ stop: '' }, 'stop'],
    [{ stop: ['a', ''] }, 'stop.1'],
    [{ stop: Array(17).fill('a') }, 'stop'],
    [{ prompt: Array(65).fill('a') }, 'prompt'],
  ])('%j with 400, naming the field', async (body, param) => {
    expect(await refusal(completion(body))).toMatchObject({ status: 400, param })
  })

  test('keys of decoding that are not there, with those that are; our own keys elsewhere, with their place', async () => {
    const messageOf = async (body: object) => (await refusal(completion(body))).message
    const keys = 'strategy, detail, path'
    expect(await messageOf({ decoding: { gamma: 1 } })).toBe(
      `decoding.gamma: the strategy aad has no such key; there are: ${keys}, alpha, temperature, seed`,
    )
    expect(await messageOf({ decoding: { strategy: 'greedy-dpo', alpha: 1 } })).toBe(
      `decoding.alpha: the strategy greedy-dpo has no such key; there are: ${keys}`,
    )
    const prototype = JSON.parse('{ "decoding": { "__proto__": 1 } }') as object
    expect(await messageOf(prototype)).toContain('decoding.__proto__: the strategy aad has no such key')
    expect(await messageOf({ alpha: 0.2 })).toBe(
      'alpha is a parameter of decoding: put it in there, as "decoding": {"alpha": ...}',
    )
  })

  test('what changes nothing is accepted', async () => {
    const harmless = {
      n: 1,
      best_of: 1,
      alpha: null,
      decoding: null,
      logit_bias: null,
      presence_penalty: 0,
      user: 'me',
      store: true,
      stop: null,
    }
    expect((await completion({ ...harmless, max_tokens: 1, metadata: {}, unknown: 1 })).status).toBe(200)
  })

  test('a prompt that is too long, with the code that agents look for', async () => {
    expect(await refusal(completion({ max_tokens: 100 }))).toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
    })
    expect(await refusal(completion({ prompt: Array(51).fill(7) }))).toMatchObject({ code: 'context_length_exceeded' })
  })

  test('by its length before it is encoded, where it is far too long', async () => {
    const encode = () => {
      throw new Error('encoded')
    }
    const text = { ...gateway.pair.text, encode, encodeConversation: encode }
    const app = gateway.app({ pair: { ...gateway.pair, text } })
    const tooLong = 'x'.repeat(50 * gateway.pair.maxTokenLength + 1)
    const code = 'context_length_exceeded'
    expect(await refusal(postJson(app, '/v1/completions', { model: 'toy', prompt: tooLong }))).toMatchObject({ code })
    const messages = [{ role: 'user', content: tooLong }]
    expect(await refusal(postJson(app, '/v1/chat/completions', { model: 'toy', messages }))).toMatchObject({ code })
  })

  test('by every layer, in one shape', async () => {
    const app = gateway.app({ apiKeys: ['secret'] })
    const authorization = 'Bearer secret'
    expect(await refusal(postJson(app, '/v1/completions', {}))).toMatchObject({ status: 401, code: 'invalid_api_key' })
    const get = async (path: string) => app.request(path, { headers: { authorization } })
    expect(await refusal(get('/v1/completions'))).toMatchObject({ status: 405 })
    expect(await refusal(get('/v1/nothing'))).toMatchObject({ status: 404 })
    expect(await refusal(get('/v1/models/other'))).toMatchObject({ status: 404, code: 'model_not_found' })
    expect((await get('/v1/models/toy%2Faad')).status).toBe(200)
    const large = { model: 'toy', prompt: 'x'.repeat(200_000) }
    expect(await refusal(gateway.post('/v1/completions', large))).toMatchObject({ status: 413 })
    const text = { headers: { 'content-type': 'text/plain' } }
    expect(await refusal(gateway.post('/v1/completions', {}, text))).toMatchObject({ status: 415 })
  })

  test('with the request id of the caller, or one of ours', async () => {
    const headers = { 'x-request-id': 'mine-1' }
    const refused = await gateway.post('/v1/completions', {}, { headers })
    expect([refused.status, refused.headers.get('x-request-id')]).toEqual([400, 'mine-1'])
    const odd = await gateway.post('/v1/nothing', {}, { headers: { 'x-request-id': 'a b' } })
    expect(odd.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('one request more than may wait, with a time to come back', async () => {
    const app = gateway.app({ admission: new Admission({ maxConcurrent: 1, maxWaiting: 1 }) })
    gateway.dpo.beforeStep = () => delay(50)
    const body = { model: 'toy', prompt, max_tokens: 1 }
    const answers = await Promise.all([1, 2, 3].map(() => postJson(app, '/v1/completions', body)))
    gateway.dpo.beforeStep = () => undefined
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429])
    expect(answers[2]?.headers.get('retry-after')).toBe('1')
  })

  test('a request past its deadline', async () => {
    const limits = { maxPromptTokens: 50, maxBodyBytes: 1000, requestTimeoutMs: 80 }
    gateway.dpo.beforeStep = () => delay(200)
    const app = gateway.app({ limits })
    expect(await refusal(postJson(app, '/v1/completions', { model: 'toy', prompt }))).toMatchObject({ status: 504 })
    gateway.dpo.beforeStep = () => undefined
  })
})

test('a service that dies in mid-answer ends the stream with an error, and is used again when it is back', async () => {
  const own = await startToyGateway()
  const port = Number(own.pair.models.get('dpo')?.service.address.split(':')[1])
  own.sft.beforeStep = () => delay(5)
  const body = { model: 'toy', prompt, max_tokens: 60, ignore_eos: true, stream: true }
  const response = await own.post('/v1/completions', body)
  setTimeout(() => own.dpo.kill(), 40)
  const events = (await readEvents(response)) as { error?: { message: string } }[]
  expect(events.at(-1)?.error?.message).toMatch(/the DPO service at 127\.0\.0\.1:\d+ is unavailable/)
  expect((await own.app().request('/readyz')).status).toBe(503)
  expect((await own.post('/v1/completions', { model: 'toy', prompt })).status).toBe(503)
  await own.dpo.start(port)
  for (let i = 0; i < 100 && (await own.app().request('/readyz')).status !== 200; i++) await delay(50)
  expect((await own.app().request('/readyz')).status).toBe(200)
  own.dpo.isServing = false
  expect(await (await own.app().request('/readyz')).json()).toMatchObject({
    faults: [expect.stringMatching('is not serving')],
  })
  expect((await own.post('/v1/completions', { model: 'toy', prompt })).status).toBe(200)
  own.stop()
})
