import OpenAI, { APIError, AuthenticationError, BadRequestError, NotFoundError, RateLimitError } from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failureOf } from '../support/failure.js'
import type { Stack } from '../support/stack.js'
import { startTinyStack } from '../support/tiny-stack.js'

/** Tests that failures appear as the error classes of the npm package `openai`. */

const model = 'tiny'
const prompt = [4, 388, 365]
let stack: Stack
let client: OpenAI
beforeAll(async () => {
  const limits = { TANDEM_MAX_CONCURRENT: '1', TANDEM_MAX_WAITING: '0', TANDEM_REPLAY_TIMEOUT_MS: '2000' }
  // A stream without a token begins with a comment after this time.
  const ping = { TANDEM_PING_MS: '500' }
  stack = await startTinyStack({ env: { TANDEM_API_KEYS: 'secret', ...limits, ...ping } })
  client = new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: 'secret' })
})
afterAll(() => stack?.stop())

const complete = (body: object) =>
  failureOf(client.completions.create({ model, prompt: 'aware', max_tokens: 2, ...body }))

test('an unknown model gives NotFoundError', async () => {
  const error = await complete({ model: 'gpt-4' })
  expect(error).toBeInstanceOf(NotFoundError)
  expect(error).toMatchObject({ code: 'model_not_found', param: 'model', type: 'invalid_request_error' })
  expect(String(error)).toContain('gpt-4')
})

test('a wrong key gives AuthenticationError', async () => {
  const wrongKey = new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: 'wrong' })
  const error = await failureOf(wrongKey.models.list())
  expect(error).toBeInstanceOf(AuthenticationError)
  expect(error).toMatchObject({ status: 401, code: 'invalid_api_key' })
})

test.each([
  ['an unknown key of decoding', { decoding: { alfa: 0.1 } }, 'alfa'],
  ['an unknown strategy', { decoding: { strategy: 'greedy' } }, 'greedy'],
  ['an alpha above 1', { decoding: { strategy: 'aad', alpha: 1.5 } }, 'alpha'],
  ['an id outside the vocabulary', { prompt: [4, 99_999] }, '99999'],
  ['an empty prompt', { prompt: [] }, 'prompt'],
  ['too many logprobs', { logprobs: 10_000 }, 'logprobs'],
  ['max_tokens below 1', { max_tokens: -1 }, 'max_tokens'],
  ['a prompt of the wrong type', { prompt: { text: 'aware' } }, 'prompt'],
])('%s is refused by name, streamed too', async (_, body, named) => {
  for (const stream of [false, true]) {
    const error = await complete({ ...body, stream })
    expect(error).toBeInstanceOf(BadRequestError)
    expect(String(error)).toContain(named)
  }
})

test('a prompt longer than the context reports the maximum', async () => {
  const error = await complete({ prompt: Array.from({ length: 300 }, () => 7) })
  expect(error).toBeInstanceOf(BadRequestError)
  expect(error).toMatchObject({ code: 'context_length_exceeded' })
  expect(String(error)).toContain('maximum context length is 256 tokens')
})

test('an unknown route has an error of the same shape', async () => {
  const error = await failureOf(client.get('/nowhere'))
  expect(error).toBeInstanceOf(NotFoundError)
  expect(error).toMatchObject({ status: 404, code: 'not_found', param: null, type: 'invalid_request_error' })
})

test('answers and errors have the id of the request', async () => {
  const headers = { 'x-request-id': 'mine-1' }
  const answer = await client.completions.create({ model, prompt, max_tokens: 1 }, { headers })
  expect(answer._request_id).toBe('mine-1')
  expect(await complete({ model: 'gpt-4' })).toMatchObject({ requestID: expect.stringMatching(/^[0-9a-f-]{36}$/) })
})

test('a request to a full server is retried and answered', async () => {
  const request = { model, prompt, max_tokens: 4 }
  stack.sft.kill('SIGSTOP')
  try {
    const stream = await client.completions.create({ ...request, stream: true })
    expect(await failureOf(client.completions.create(request, { maxRetries: 0 }))).toBeInstanceOf(RateLimitError)
    // The default of two tries may end before the stream does on a busy machine.
    const patient = client.completions.create(request, { maxRetries: 30 })
    stack.sft.kill('SIGCONT')
    for await (const chunk of stream) expect(chunk.object).toBe('text_completion')
    expect((await patient).usage?.completion_tokens).toBe(4)
  } finally {
    stack.sft.kill('SIGCONT')
  }
})

test('a stream that is cut off throws an error', async () => {
  stack.sft.kill('SIGSTOP')
  try {
    const stream = await client.completions.create({ model, prompt, max_tokens: 100, stream: true })
    stack.dpo.kill('SIGKILL')
    const read = async () => {
      for await (const { choices } of stream) expect(choices[0]?.finish_reason).toBeNull()
    }
    const error = await failureOf(read())
    expect(error).toBeInstanceOf(APIError)
    expect(error).toMatchObject({ code: 'service_unavailable' })
  } finally {
    stack.sft.kill('SIGCONT')
  }
})
