import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { chatSchema } from '../../openai/request/chat-request.js'
import { completionSchema } from '../../openai/request/completion-request.js'
import { SessionError } from '../../session/contract/session-error.js'
import { holdSteps } from '../../testing/hold-answers.js'
import { postJson, readEvents, startToyGateway, type ToyGateway } from '../../testing/toy-gateway.js'
import { Admission } from '../admission.js'

/** Rules of errors and headers on which clients of OpenAI-compatible servers rely, one per test. */

let gateway: ToyGateway
beforeAll(async () => {
  gateway = await startToyGateway()
})
afterAll(() => gateway.stop())
afterEach(() => {
  gateway.dpo.beforeStep = () => undefined
})

const errorSchema = z.strictObject({
  error: z.strictObject({
    message: z.string().min(1),
    type: z.string(),
    param: z.string().nullable(),
    code: z.string().nullable(),
  }),
})
const request = { model: 'toy', prompt: [4, 388, 365], max_tokens: 4 }
const path = '/v1/completions'
const authorization = 'Bearer secret'
/** Reads the headers and body of an error, which must have OpenAI's form. */
async function errorOf(response: Response) {
  expect(response.headers.get('content-type')).toMatch(/^application\/json\b/)
  const { error } = errorSchema.parse(await response.json())
  const [shouldRetry, retryAfter] = [response.headers.get('x-should-retry'), response.headers.get('retry-after')]
  return { status: response.status, code: error.code, shouldRetry, retryAfter, message: error.message }
}

describe('each failure has its status, the same form of body, and tells whether to retry', () => {
  const final = { shouldRetry: 'false', retryAfter: null }
  const soon = { shouldRetry: 'true', retryAfter: '1' }
  const text = { headers: { 'content-type': 'text/plain' } }
  const ask = (body: object, init?: RequestInit) => gateway.post(path, { ...request, ...body }, init)
  const slow = () => {
    gateway.dpo.beforeStep = () => delay(200)
  }

  test.each<[string, () => Response | Promise<Response>, object]>([
    ['a bad field', () => ask({ max_tokens: -1 }), { status: 400, ...final }],
    ['a prompt that is too long', () => ask({ max_tokens: 99 }), { code: 'context_length_exceeded', ...final }],
    ['no key', () => postJson(gateway.app({ apiKeys: ['k'] }), path, request), { status: 401, ...final }],
    ['an unknown model', () => ask({ model: 'gpt' }), { status: 404, code: 'model_not_found', ...final }],
    ['an unknown path', () => gateway.post('/v1/embeddings', {}), { status: 404, ...final }],
    ['an unsupported method', () => gateway.app().request(path), { status: 405, ...final }],
    ['a large body', () => ask({ user: 'x'.repeat(200_000) }), { status: 413, ...final }],
    ['a body of another type', () => ask({}, text), { status: 415, ...final }],
    [
      'a full queue',
      async () => {
        slow()
        const app = gateway.app({ admission: new Admission({ maxConcurrent: 1, maxWaiting: 0 }) })
        const running = postJson(app, path, request)
        const refused = await postJson(app, path, request)
        await running
        return refused
      },
      { status: 429, ...soon },
    ],
    [
      'a deadline',
      () => {
        slow()
        const limits = { maxPromptTokens: 50, maxBodyBytes: 1000, requestTimeoutMs: 50, receiveTimeoutMs: 5_000 }
        return postJson(gateway.app({ limits }), path, request)
      },
      { status: 504, ...final },
    ],
    [
      'a stop of the gateway',
      () => {
        const stopping = AbortSignal.abort(new SessionError('unavailable', 'the gateway is stopping'))
        return postJson(gateway.app({ stopping }), path, request)
      },
      { status: 503, ...soon },
    ],
    [
      'a fault of the gateway',
      () => {
        const encode = () => {
          throw new Error('secret details of /etc/passwd')
        }
        const encoder = { ...gateway.pair.encoder, encode }
        return postJson(gateway.app({ pair: { ...gateway.pair, encoder } }), path, { ...request, prompt: 'x' })
      },
      {
        status: 500,
        message: 'internal error of the gateway; its log has the details under this request id',
        ...final,
      },
    ],
  ])('%s', async (_, answer, expected) => {
    expect(await errorOf(await answer())).toMatchObject(expected)
  })

  test('an unavailable service', async () => {
    const own = await startToyGateway({ replayTimeoutMs: 500 })
    onTestFinished(() => own.stop())
    own.dpo.kill()
    expect(await errorOf(await own.post(path, request))).toMatchObject({ status: 503, ...soon })
  })

  test.each(['/v1/responses', '/v1/embeddings', '/v1/messages'])(
    'the error for the unknown route %s names the supported ones',
    async (to) => {
      const { status, code, message } = await errorOf(await gateway.post(to, {}))
      expect([status, code]).toEqual([404, 'not_found'])
      expect(message).toContain(`unknown route POST ${to}: send conversations to`)
      expect(message).toContain('send conversations to POST /v1/chat/completions')
    },
  )

  test('the context error has the words that agents search for', async () => {
    const { message } = await errorOf(await ask({ max_tokens: 99 }))
    expect(message).toContain("This model's maximum context length is 64 tokens. However, you requested 102 tokens")
    expect(message).toContain('context_length_exceeded')
  })
})

describe('a stream', () => {
  test.each([
    [{ temperature: 3 }, 400],
    [{ prompt: [4, 512] }, 400],
    [{ model: 'gpt' }, 404],
    [{ max_tokens: 99 }, 400],
    [{ decoding: { alfa: 1 } }, 400],
  ])('that cannot begin is refused with a status, not with an event: %j', async (body, status) => {
    expect(await errorOf(await gateway.post(path, { ...request, ...body, stream: true }))).toMatchObject({ status })
  })

  test('that fails sends the error as an event, then [DONE]', async () => {
    // The first steps are answered at once, the others never.
    const body = { ...request, max_tokens: 50, ignore_eos: true, stream: true }
    const ask = (requestTimeoutMs: number): Promise<Response> => {
      holdSteps(gateway.dpo, { after: 8 })
      const limits = { maxPromptTokens: 50, maxBodyBytes: 1000, requestTimeoutMs, receiveTimeoutMs: 60_000 }
      return postJson(gateway.app({ limits }), path, body)
    }
    let response = await ask(1_000)
    // On a busy machine a short limit can pass before the stream begins.
    for (const limitMs of [4_000, 16_000, 64_000, 256_000]) if (response.status === 504) response = await ask(limitMs)
    expect(response.status).toBe(200)
    const events = await readEvents(response)
    expect(events.length).toBeGreaterThan(1)
    expect(errorSchema.parse(events.at(-1)).error.code).toBe('service_deadline')
  })
})

describe('x-request-id', () => {
  const idOf = async (init: RequestInit, changes = {}, body: object = request) => {
    const response = await postJson(gateway.app(changes), path, body, init)
    await response.text()
    return response.headers.get('x-request-id')
  }
  const given = (id: string) => ({ headers: { 'x-request-id': id } })

  test.each<[string, object, object]>([
    ['an answer', {}, request],
    ['a stream', {}, { ...request, stream: true }],
    ['a refusal', {}, {}],
    ['a refusal for want of a key', { apiKeys: ['k'] }, request],
  ])("of %s is the client's, or a new one", async (_, changes, body) => {
    expect(await idOf(given('trace:1.a-b_C'), changes, body)).toBe('trace:1.a-b_C')
    const made = await idOf({}, changes, body)
    expect(made).toMatch(/^[0-9a-f-]{36}$/)
    expect(await idOf({}, changes, body)).not.toBe(made)
  })

  test.each(['', 'a b', 'x'.repeat(129), 'ä', '<script>', 'a\tb'])("is generated if the client's is %j", async (id) => {
    expect(await idOf(given(id))).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe('other origins and clients without a key', () => {
  test('browsers of other origins get no permission', async () => {
    const app = gateway.app()
    const headers = { origin: 'https://example.com', 'access-control-request-method': 'POST' }
    const preflight = await app.request(path, { method: 'OPTIONS', headers })
    const answer = await postJson(app, path, request, { headers: { origin: 'https://example.com' } })
    expect([preflight.status, answer.status]).toEqual([405, 200])
    for (const response of [preflight, answer])
      expect([...response.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
  })

  test.each([
    ['/health', 200],
    ['/livez', 200],
    ['/readyz', 200],
    ['/v1/models', 401],
    ['/nowhere', 401],
    ['/', 401],
    ['/openapi.json', 401],
  ])('%s without a key: %i', async (open, status) => {
    expect((await gateway.app({ apiKeys: ['secret'] }).request(open)).status).toBe(status)
    const named = await gateway.app({ apiKeys: ['secret'] }).request(open, { headers: { authorization } })
    expect(named.status).not.toBe(401)
  })
})

const values = ['x', 1.5, -1, 1e300, true, [], [[]], [null], {}, { a: 1 }, '']
test.each([
  ['/v1/chat/completions', Object.keys(chatSchema.shape), { messages: [{ role: 'user', content: 'x' }] }],
  [path, Object.keys(completionSchema.shape), { prompt: [4] }],
])('%s: a value of the wrong type in any field is a 400, not a server error', async (to, fields, body) => {
  expect(fields.length).toBeGreaterThan(20)
  for (const field of fields) {
    const statuses = new Set<number>()
    for (const value of values) {
      const response = await gateway.post(to, { model: 'toy', max_tokens: 1, ...body, [field]: value })
      statuses.add(response.status)
      if (!response.ok) await errorOf(response)
    }
    expect([...statuses].filter((status) => ![200, 400, 404].includes(status))).toEqual([])
    expect(statuses).toContain(400)
  }
})
