import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SessionError } from '../session/contract/session-error.js'
import { postJson, readEvents, startToyGateway, type ToyChanges, type ToyGateway } from '../testing/toy-gateway.js'
import { Admission } from './admission.js'

/**
 * Requests every kind of answer. The toy gateway's app checks each against /openapi.json and
 * OpenAI's schemas (testing/checked-app.ts).
 */

let gateway: ToyGateway
beforeAll(async () => {
  gateway = await startToyGateway()
})
afterAll(() => gateway.stop())

const messages = [{ role: 'user', content: 'alignment aware decoding' }]
const chat = { model: 'toy', messages, max_tokens: 6 }
const text = { model: 'toy', prompt: [4, 388, 365], max_tokens: 6 }
const ids = { return_token_ids: true, return_tokens_as_token_ids: true }
const sampled = { model: 'toy/sample', seed: 3, n: 3 }

const requests: readonly (readonly [string, string, object])[] = [
  ['a chat', '/v1/chat/completions', chat],
  ['with log-probabilities', '/v1/chat/completions', { ...chat, logprobs: true, top_logprobs: 4 }],
  ['with log-probabilities and no others', '/v1/chat/completions', { ...chat, logprobs: true, ...ids }],
  ['with a stop string', '/v1/chat/completions', { ...chat, stop: ['e', 'a', 't'] }],
  ['with a stop token', '/v1/chat/completions', { ...chat, stop_token_ids: [...Array(256).keys()] }],
  ['with several answers', '/v1/chat/completions', { ...chat, ...sampled, ...ids }],
  ['with detail', '/v1/chat/completions', { ...chat, decoding: { detail: true } }],
  [
    'with detail of a method without V_alpha',
    '/v1/chat/completions',
    { ...chat, model: 'toy/eft', decoding: { detail: true } },
  ],
  ['with beams', '/v1/chat/completions', { ...chat, decoding: { strategy: 'aad-beam', tau: 1, detail: true } }],
  ['with a choice', '/v1/chat/completions', { ...chat, decoding: { strategy: 'random-of-n', n: 3, detail: true } }],
  [
    'with a formula',
    '/v1/chat/completions',
    { ...chat, decoding: { strategy: 'formula', formula: 'dpo - sft', filter: { alpha: 0.2 }, select: 'sample' } },
  ],
  ['with what has no effect', '/v1/chat/completions', { ...chat, temperature: 1, top_p: 0.5, top_k: 3, min_p: 0.1 }],
  ['a completion', '/v1/completions', text],
  ['with log-probabilities', '/v1/completions', { ...text, logprobs: 3 }],
  ['with the prompt and its log-probabilities', '/v1/completions', { ...text, echo: true, logprobs: 2, ...ids }],
  ['with only the prompt', '/v1/completions', { ...text, echo: true, max_tokens: 0 }],
  ['with several prompts and answers', '/v1/completions', { ...text, ...sampled, prompt: ['a', 'b'], logprobs: 0 }],
  ['with detail', '/v1/completions', { ...text, decoding: { detail: true } }],
  ['with beams', '/v1/completions', { ...text, decoding: { strategy: 'beam', width: 3, detail: true } }],
]

test.each(requests)('%s of %s', async (_, path, body) => {
  const whole = await gateway.post(path, body)
  expect([whole.status, await whole.json()]).toMatchObject([200, { choices: expect.anything() }])
  for (const stream_options of [null, { include_usage: true }]) {
    const events = await readEvents(await gateway.post(path, { ...body, stream: true, stream_options }))
    expect(events).not.toEqual([])
  }
})

test('lists the models, and returns each one', async () => {
  const { data } = (await (await gateway.app().request('/v1/models')).json()) as { data: { id: string }[] }
  expect(data.length).toBeGreaterThan(5)
  for (const { id } of data)
    expect((await gateway.app().request(`/v1/models/${encodeURIComponent(id)}`)).status).toBe(200)
})

const limits = { maxPromptTokens: 50, maxBodyBytes: 1_000, requestTimeoutMs: 10_000, receiveTimeoutMs: 5_000 }
const plain = { headers: { 'content-type': 'text/plain' } }
const failures: readonly (readonly [number, () => ToyChanges, object, RequestInit])[] = [
  [400, () => ({}), { ...text, n: 0 }, {}],
  [401, () => ({ apiKeys: ['key'] }), text, {}],
  [404, () => ({}), { ...text, model: 'other' }, {}],
  [413, () => ({ limits }), { ...text, user: 'x'.repeat(1_000) }, {}],
  [415, () => ({}), text, plain],
  [429, () => ({ admission: new Admission({ maxConcurrent: 0, maxWaiting: 0 }) }), text, {}],
  [
    500,
    () => ({ pair: { ...gateway.pair, encoder: { ...gateway.pair.encoder, encode: fail } } }),
    { ...text, prompt: 'a' },
    {},
  ],
  [503, () => ({ stopping: AbortSignal.abort(new SessionError('unavailable', 'gone')) }), text, {}],
  [504, () => ({ limits: { ...limits, requestTimeoutMs: 20 } }), text, {}],
]

test.each(failures)('an error of status %i', async (status, changes, body, init) => {
  gateway.dpo.beforeStep = () => delay(status === 504 ? 200 : 0)
  const response = await postJson(gateway.app(changes()), '/v1/completions', body, init)
  gateway.dpo.beforeStep = () => undefined
  const { error } = (await response.json()) as { error: { message: string } }
  expect([response.status, error.message]).toEqual([status, expect.stringMatching(/./)])
})

test('errors for another method and for an unknown route', async () => {
  expect((await gateway.app().request('/v1/completions')).status).toBe(405)
  expect((await gateway.app().request('/v1/nothing')).status).toBe(404)
})

function fail(): never {
  throw new Error('a fault')
}
