import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { noLimits } from '../access/key-limits.js'
import { KeyStore } from '../access/key-store.js'
import { postJson, readEvents, startToyGateway, type ToyChanges, type ToyGateway } from '../testing/toy-gateway.js'
import { Admission } from './admission.js'

/** Several prompts of one request are decoded together, as far as limits allow. */

let gateway: ToyGateway
beforeAll(async () => {
  gateway = await startToyGateway()
})
afterAll(() => gateway.stop())
afterEach(() => {
  gateway.dpo.beforeStep = () => undefined
})

interface Choice {
  readonly index: number
  readonly text: string
  readonly token_ids: readonly number[]
  readonly finish_reason: string | null
  readonly logprobs: { readonly token_logprobs: readonly (number | null)[] } | null
}
interface Body {
  readonly choices: readonly Choice[]
  readonly usage?: object | null
  readonly decoding?: { readonly generated_tokens?: number }
  readonly error?: { readonly message: string }
}

const prompts = [[4, 388, 365], [4, 388], [7], [9, 10, 11, 12], [300, 4], [5, 5]]
const base = { model: 'toy/greedy-dpo', prompt: prompts, max_tokens: 6, ignore_eos: true, return_token_ids: true }
const openApp = (changes: ToyChanges = {}) => {
  const app = gateway.app(changes)
  const post = (body: object = {}, init: RequestInit = {}) =>
    postJson(app, '/v1/completions', { ...base, ...body }, init)
  const ask = async (body: object = {}) => (await (await post(body)).json()) as Body
  return { post, ask }
}
const withPlaces = (maxConcurrent: number, maxWaiting = 4) => ({
  admission: new Admission({ maxConcurrent, maxWaiting }),
})

/** Stops all steps of the DPO model, and tells which sessions wait for their first one. */
function holdSteps() {
  let release = () => {}
  const gate = new Promise<void>((resolve) => {
    release = resolve
  })
  const sessions = new Set<string>()
  gateway.dpo.beforeStep = async ({ sessionId }) => {
    sessions.add(sessionId)
    await gate
  }
  return { sessions, release }
}

/**
 * The most sessions that ever ran at the same time, and the prompts in the order of their start.
 * @param gate what every step waits for
 */
function watchSteps(gate: Promise<void> = Promise.resolve()) {
  const watched = { most: 0, order: [] as string[] }
  gateway.dpo.beforeStep = async (step) => {
    watched.most = Math.max(watched.most, gateway.dpo.sessions.size + (step.position === 0 ? 1 : 0))
    if (step.position === 0) watched.order.push(step.tokenIds.join())
    await gate
    await delay(1)
  }
  return watched
}

/** Asserts that nothing is left of the requests: no session, and no place that is taken. */
async function expectAllFree(post: (body: object) => Promise<Response>, places: number): Promise<void> {
  await expect.poll(() => gateway.dpo.sessions.size).toBe(0)
  const { sessions, release } = holdSteps()
  const answered = Promise.all(prompts.slice(0, places).map((prompt) => post({ prompt })))
  await expect.poll(() => sessions.size).toBe(places)
  release()
  expect((await answered).map(({ status }) => status)).toEqual(Array(places).fill(200))
}

describe('prompts of one request', () => {
  test('run together in all places that are free, and are answered as one by one', async () => {
    const { ask } = openApp(withPlaces(4))
    const alone = await Promise.all(prompts.map((prompt) => ask({ prompt })))
    const { sessions, release } = holdSteps()
    const body = ask()
    await expect.poll(() => sessions.size).toBe(4)
    release()
    const { choices, usage } = await body
    expect(choices.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5])
    expect(choices.map(({ token_ids }) => token_ids)).toEqual(alone.map((one) => one.choices[0]?.token_ids))
    expect(usage).toEqual({ prompt_tokens: 14, completion_tokens: 36, total_tokens: 50 })
    expect(sessions.size).toBe(6)
  })

  test('interleave in a stream, with the same texts, usage and one finish each', async () => {
    const { ask, post } = openApp(withPlaces(6))
    const whole = await ask({ n: 2, model: 'toy/sample', seed: 5 })
    const request = { n: 2, model: 'toy/sample', seed: 5, stream: true, stream_options: { include_usage: true } }
    const chunks = (await readEvents(await post(request))) as Body[]
    const parts = chunks.flatMap(({ choices }) => choices)
    for (const { index, text, token_ids } of whole.choices) {
      const own = parts.filter((part) => part.index === index)
      expect(own.map((part) => part.text).join('')).toBe(text)
      expect(own.flatMap((part) => part.token_ids ?? [])).toEqual(token_ids)
      expect(own.flatMap((part) => part.finish_reason ?? [])).toEqual(['length'])
    }
    const order = parts.map(({ index }) => index)
    expect(order.lastIndexOf(0)).toBeGreaterThan(order.indexOf(10))
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage })
  })

  test('have log-probabilities of their echoed prompts', async () => {
    const { ask } = openApp(withPlaces(6))
    const request = { echo: true, logprobs: 1, max_tokens: 1 }
    const alone = await Promise.all(prompts.map((prompt) => ask({ ...request, prompt })))
    const { choices } = await ask(request)
    expect(choices.map(({ logprobs }) => logprobs)).toEqual(alone.map((one) => one.choices[0]?.logprobs))
    expect(choices.map(({ logprobs }) => logprobs?.token_logprobs.length)).toEqual([4, 3, 2, 5, 3, 3])
  })

  test('count all tokens of choices in the last report of a stream', async () => {
    const { post } = openApp(withPlaces(6))
    const decoding = { strategy: 'random-of-n', n: 3, seed: 2 }
    const chunks = (await readEvents(await post({ model: 'toy', decoding, stream: true }))) as Body[]
    const totals = chunks.flatMap(({ decoding: report }) => report?.generated_tokens ?? [])
    expect(totals.at(-1)).toBe(6 * 3 * 6)
    expect(totals).toEqual([...totals].sort((a, b) => a - b))
  })

  test('need no more sequences at once than a service can hold', async () => {
    const small = await startToyGateway({ prepare: ({ dpo }) => Object.assign(dpo.model, { maxSessions: 5 }) })
    try {
      const watched = { most: 0 }
      small.dpo.beforeStep = async () => {
        watched.most = Math.max(watched.most, small.dpo.sessions.size)
        await delay(1)
      }
      const response = await small.post('/v1/completions', { ...base, model: 'toy/sample', n: 2 })
      expect(response.status).toBe(200)
      expect(watched.most).toBe(4)
    } finally {
      small.stop()
    }
  })
})

describe('places of a request with several prompts', () => {
  test('go to a request that waits before they go to its own next prompt', async () => {
    const { post } = openApp(withPlaces(2, 1))
    let release = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const watched = watchSteps(gate)
    const many = post()
    await expect.poll(() => watched.order.length).toBe(2)
    const other = post({ prompt: [77, 78] })
    // The other request waits: the queue is full.
    await expect.poll(async () => (await post({ prompt: [79] })).status).toBe(429)
    release()
    expect((await other).status).toBe(200)
    expect(watched.order.indexOf('77,78')).toBe(2)
    expect((await many).status).toBe(200)
    expect(watched.order).toHaveLength(7)
    expect(watched.most).toBe(2)
  })

  test('are at least one: the request goes on while others wait', async () => {
    const { post } = openApp(withPlaces(1))
    const watched = watchSteps()
    const both = await Promise.all([post(), post({ prompt: [77, 78] })])
    expect(both.map(({ status }) => status)).toEqual([200, 200])
    expect(watched.most).toBe(1)
    expect(watched.order.at(-1)).toBe('77,78')
  })

  test('do not come before requests in the queue, which has room for as many as before', async () => {
    const { post } = openApp(withPlaces(1, 1))
    const { release } = holdSteps()
    const [first, second] = [post(), post({ prompt: [77] })]
    await expect.poll(async () => (await post({ prompt: [78] })).status).toBe(429)
    release()
    expect((await Promise.all([first, second])).map(({ status }) => status)).toEqual([200, 200])
  })

  test('count for its API key, and refuse no request of the key', async () => {
    const keys = new KeyStore({ keys: ['key'], defaults: { ...noLimits, concurrent: 3 } })
    const { post } = openApp({ ...withPlaces(16), keys })
    const headers = { authorization: 'Bearer key' }
    const { sessions, release } = holdSteps()
    const many = post({}, { headers })
    await expect.poll(() => sessions.size).toBe(3)
    const others = [post({ prompt: [77] }, { headers }), post({ prompt: [78] }, { headers })]
    await expect.poll(() => sessions.size).toBe(5)
    expect((await post({ prompt: [79] }, { headers })).status).toBe(429)
    release()
    expect((await Promise.all([many, ...others])).map(({ status }) => status)).toEqual([200, 200, 200])
    const watched = watchSteps()
    expect((await post({}, { headers })).status).toBe(200)
    expect(watched.most).toBe(3)
  })
})

describe('if a request with several prompts ends early', () => {
  test.each([false, true])('an error of one prompt is its error, and all others end; streamed: %s', async (stream) => {
    const { post } = openApp(withPlaces(4))
    gateway.dpo.beforeStep = async ({ tokenIds, position }) => {
      if (position === 0 && tokenIds.join() === '7') gateway.dpo.nextError = { code: 3, message: 'not this one' }
      else await delay(1)
    }
    const response = await post({ stream })
    const body = await response.text()
    // A stream has begun if another prompt was faster.
    expect(stream ? [200, 500] : [500]).toContain(response.status)
    expect(body).toContain('service_refused')
    await expectAllFree(post, 4)
  })

  test('a client that disconnects ends all prompts', async () => {
    const { post } = openApp(withPlaces(4))
    const client = new AbortController()
    const { sessions, release } = holdSteps()
    const answer = post({}, { signal: client.signal })
    await expect.poll(() => sessions.size).toBe(4)
    client.abort()
    release()
    expect((await answer).status).toBe(499)
    await expectAllFree(post, 4)
  })

  test('a reader that cancels the stream ends all prompts', async () => {
    const { post } = openApp(withPlaces(4))
    watchSteps()
    const reader = (await post({ stream: true, max_tokens: 40 })).body?.getReader()
    await reader?.read()
    await reader?.cancel()
    await expectAllFree(post, 4)
  })

  test('a reader that reads no more keeps its places only until the timeout', async () => {
    const limits = { maxPromptTokens: 64, maxBodyBytes: 100_000, requestTimeoutMs: 150, receiveTimeoutMs: 1000 }
    const places = withPlaces(4)
    const { body } = await openApp({ ...places, limits }).post({ stream: true, max_tokens: 40 })
    await expectAllFree(openApp(places).post, 4)
    await body?.cancel()
  })
})
