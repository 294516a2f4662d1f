import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { holdSteps } from '../testing/hold-answers.js'
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

describe('refuses', () => {
  const refusal = async (response: Promise<Response>) => {
    const found = await response
    const { error } = (await found.json()) as { error: { message: string; param: string | null; code: string | null } }
    expect(Object.keys(error).sort()).toEqual(['code', 'message', 'param', 'type'])
    return { status: found.status, ...error }
  }

  test('unknown parameters of decoding, and lists the known ones', async () => {
    const messageOf = async (body: object) => (await refusal(completion(body))).message
    const keys = 'strategy, detail, timings, path, logprobs_of'
    expect(await messageOf({ decoding: { gamma: 1 } })).toBe(
      `decoding.gamma: unknown parameter of the strategy aad; expected one of: ${keys}, alpha, temperature, seed`,
    )
    expect(await messageOf({ decoding: { strategy: 'greedy-dpo', alpha: 1 } })).toBe(
      `decoding.alpha: unknown parameter of the strategy greedy-dpo; expected one of: ${keys}`,
    )
  })

  test('a far too long prompt before encoding it', async () => {
    const encode = () => {
      throw new Error('encoded')
    }
    const encoder = { ...gateway.pair.encoder, encode }
    const app = gateway.app({ pair: { ...gateway.pair, encoder } })
    const tooLong = 'x'.repeat(50 * gateway.pair.maxTokenLength + 1)
    const code = 'context_length_exceeded'
    expect(await refusal(postJson(app, '/v1/completions', { model: 'toy', prompt: tooLong }))).toMatchObject({ code })
    const messages = [{ role: 'user', content: tooLong }]
    expect(await refusal(postJson(app, '/v1/chat/completions', { model: 'toy', messages }))).toMatchObject({ code })
  })

  test('with the request id of the client, or a generated one', async () => {
    const headers = { 'x-request-id': 'mine-1' }
    const refused = await gateway.post('/v1/completions', {}, { headers })
    expect([refused.status, refused.headers.get('x-request-id')]).toEqual([400, 'mine-1'])
    const odd = await gateway.post('/v1/nothing', {}, { headers: { 'x-request-id': 'a b' } })
    expect(odd.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('a request when the queue is full, with a time to retry', async () => {
    const app = gateway.app({ admission: new Admission({ maxConcurrent: 1, maxWaiting: 1 }) })
    // No answer can end before one request is refused.
    const held = holdSteps(gateway.dpo)
    const body = { model: 'toy', prompt, max_tokens: 1 }
    const asked = [1, 2, 3].map(() => postJson(app, '/v1/completions', body))
    await Promise.race(asked)
    held.release()
    const answers = await Promise.all(asked)
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429])
    expect(answers[2]?.headers.get('retry-after')).toMatch(/^([1-9]|[1-5]\d|60)$/)
  })

  test('with 500 if a service fails, without internal details', async () => {
    gateway.dpo.nextError = { code: 13, message: '/opt/onnxruntime/kernel.cc:12 broke at 0x7f0012' }
    expect(await refusal(completion({}))).toMatchObject({
      status: 500,
      code: 'service_internal',
      message: "internal error of a model's service; the gateway's log has the details under this request id",
    })
  })

  test('a request after its deadline', async () => {
    const limits = { maxPromptTokens: 50, maxBodyBytes: 1000, requestTimeoutMs: 80, receiveTimeoutMs: 5_000 }
    holdSteps(gateway.dpo)
    const app = gateway.app({ limits })
    expect(await refusal(postJson(app, '/v1/completions', { model: 'toy', prompt }))).toMatchObject({ status: 504 })
  })
})

test('a service that dies during an answer ends the stream with an error, and is used again after its restart', async () => {
  const own = await startToyGateway({ replayTimeoutMs: 500 })
  onTestFinished(() => own.stop())
  const [replica] = own.pair.models.get('dpo')?.replicas.describe() ?? []
  const port = Number(replica?.address.split(':')[1])
  await expect.poll(async () => (await own.app().request('/readyz')).status).toBe(200)
  const body = { model: 'toy', prompt, max_tokens: 60, ignore_eos: true, stream: true }
  const response = await own.post('/v1/completions', body)
  // The answer has begun. A stream computes at most one chunk ahead of its reader, so it is not
  // over.
  expect(response.status).toBe(200)
  own.dpo.beforeStep = () => own.dpo.kill()
  const events = (await readEvents(response)) as { error?: { message: string } }[]
  expect(events.at(-1)?.error?.message).toMatch(/the DPO service at 127\.0\.0\.1:\d+ is unavailable/)
  expect((await own.app().request('/readyz')).status).toBe(503)
  expect((await own.post('/v1/completions', { model: 'toy', prompt })).status).toBe(503)
  own.dpo.beforeStep = () => undefined
  await own.dpo.start(port)
  await expect.poll(async () => (await own.app().request('/readyz')).status).toBe(200)
  own.dpo.isServing = false
  await expect
    .poll(async () => (await own.app().request('/readyz')).json())
    .toMatchObject({
      faults: [expect.stringMatching('is not serving')],
    })
  expect((await own.post('/v1/completions', { model: 'toy', prompt })).status).toBe(503)
})
