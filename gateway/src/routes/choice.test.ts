import { setTimeout as delay } from 'node:timers/promises'
import { recordTelemetry } from '@tandem/telemetry/testing'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type RewardModel, toAnswerJob } from '../session/models/reward-model.js'
import { createGatewayTelemetry } from '../telemetry/gateway-telemetry.js'
import { holdScores, holdSteps } from '../testing/hold-answers.js'
import { postJson, readEvents, startToyGateway, type ToyGateway } from '../testing/toy-gateway.js'
import { ToyReward } from '../testing/toy-reward.js'
import { openToyReward } from '../testing/toy-sets.js'
import { runJob } from '../text/index.js'
import { readText } from '../text/testing/fixtures.js'
import type { createApp } from './app.js'

/** best-of-n and random-of-n through REST, with a reward service. */

let gateway: ToyGateway
let toy: ToyReward
let reward: RewardModel
let app: ReturnType<typeof createApp>
beforeEach(async () => {
  gateway = await startToyGateway()
  toy = new ToyReward()
  reward = await openToyReward('picker', await toy.start())
  app = gateway.app({ rewards: new Map([['picker', reward]]) })
})
afterEach(() => {
  reward.replicas.close()
  toy.kill()
  gateway.stop()
})

interface Candidate {
  readonly text: string
  readonly score: number | null
  readonly tokens: number
  readonly chosen: boolean
}
interface Body {
  readonly choices: readonly {
    readonly message: { readonly content: string }
    readonly delta: { readonly content?: string }
    readonly token_ids: readonly number[]
    readonly decoding_candidates: readonly Candidate[]
  }[]
  readonly usage: object
  readonly decoding?: Readonly<Record<string, unknown>>
  readonly error: { readonly message: string; readonly param: string }
}

const messages = [{ role: 'user', content: 'alignment aware decoding' }]
const base = { model: 'toy', messages, max_tokens: 6, ignore_eos: true, return_token_ids: true }
const post = (body: object, init?: RequestInit) => postJson(app, '/v1/chat/completions', { ...base, ...body }, init)
const ask = async (body: object) => (await (await post(body)).json()) as Body
const rewardText = readText('tiny-reward/base')
const encodeAnswer = (content: string) => runJob(rewardText, toAnswerJob(messages, content))

const best = (parameters: object = {}) => ({
  decoding: { strategy: 'best-of-n', n: 4, seed: 5, detail: true, ...parameters },
})

test('the reward service joins the trace of the request', async () => {
  const recorded = recordTelemetry()
  const telemetry = createGatewayTelemetry('toy', recorded.telemetry)
  app = gateway.app({ rewards: new Map([['picker', reward]]), telemetry })
  await ask(best())
  const request = recorded.spans().find(({ name }) => name === 'prefill')?.parentSpanContext
  expect(toy.traceparents).toEqual([`00-${request?.traceId}-${request?.spanId}-01`])
})

test('every candidate is a sample, scored as the answer to the conversation; the best is returned', async () => {
  const { choices, usage, decoding } = await ask(best())
  const [choice] = choices
  const candidates = choice?.decoding_candidates ?? []
  const samples = await ask({ model: 'toy/sample', n: 4, seed: 5, top_p: 0.9 })
  expect(candidates.map(({ text }) => text)).toEqual(samples.choices.map(({ message }) => message.content))
  const oracle = candidates.map(({ text }) => ToyReward.score(encodeAnswer(text)))
  expect(candidates.map(({ score }) => score)).toEqual(oracle)
  const chosen = candidates.findIndex((candidate) => candidate.chosen)
  expect(oracle[chosen]).toBe(Math.max(...oracle))
  expect(choice?.message.content).toBe(candidates[chosen]?.text)
  expect(choice?.token_ids).toEqual(samples.choices[chosen]?.token_ids)
  expect(usage).toEqual({ prompt_tokens: 6, completion_tokens: 6, total_tokens: 12 })
  expect(decoding).toMatchObject({ strategy: 'best-of-n', n: 4, top_p: 0.9, temperature: 1, generated_tokens: 24 })
  expect(gateway.sft.steps).toEqual([])
})

test('a stream has one text, after the choice', async () => {
  const whole = await ask(best())
  const chunks = (await readEvents(await post({ ...best(), stream: true }))) as Body[]
  const texts = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta.content ?? '')).filter(Boolean)
  expect(texts).toEqual([whole.choices[0]?.message.content])
  expect(chunks.at(-1)?.decoding).toMatchObject({ generated_tokens: 24 })
  expect(chunks.at(-1)?.choices[0]?.decoding_candidates).toEqual(whole.choices[0]?.decoding_candidates)
})

test('accepts any name that a server can give a reward model', async () => {
  app = gateway.app({ rewards: new Map([['2nd-picker', reward]]) })
  expect((await ask(best({ reward: '2nd-picker' }))).decoding).toMatchObject({ reward: '2nd-picker' })
})

test('the best of one sample equals the answer of the strategy sample', async () => {
  const parameters = fc.record({
    seed: fc.integer(),
    temperature: fc.constantFrom(0.5, 1, 1.7),
    top_p: fc.constantFrom(0.5, 0.9, 1),
  })
  const check = async (sampling: object) => {
    const sampled = await ask({ decoding: { strategy: 'sample', ...sampling } })
    for (const strategy of ['best-of-n', 'random-of-n']) {
      const one = await ask({ decoding: { strategy, n: 1, ...sampling } })
      expect(one.choices[0]?.token_ids).toEqual(sampled.choices[0]?.token_ids)
    }
  }
  await fc.assert(fc.asyncProperty(parameters, check), { numRuns: 15 })
})

test('random-of-n needs no reward model, also in completions', async () => {
  const random = { decoding: { strategy: 'random-of-n', n: 3, seed: 5, detail: true } }
  const { choices } = await ask(random)
  expect(choices[0]?.decoding_candidates.map(({ score }) => score)).toEqual([null, null, null])
  expect(choices[0]?.decoding_candidates.filter(({ chosen }) => chosen)).toHaveLength(1)
  expect(toy.sequences).toEqual([])
  const completion = await postJson(app, '/v1/completions', { model: 'toy/random-of-n', prompt: [4, 5], max_tokens: 2 })
  expect(completion.status).toBe(200)
})

test('an answer that continues the last message is scored together with it', async () => {
  const begun = [...messages, { role: 'assistant', content: 'no' }]
  await ask({ ...best({ n: 2 }), messages: begun, continue_final_message: true })
  expect(toy.sequences).toHaveLength(2)
  for (const ids of toy.sequences) {
    const start = encodeAnswer('no').slice(0, -1)
    expect(ids.slice(0, start.length - 1)).toEqual(start.slice(0, -1))
  }
})

describe('refuses, without computing anything,', () => {
  const refusal = async (response: Response) => {
    const { error } = (await response.json()) as Body
    expect([gateway.dpo.steps, toy.sequences]).toEqual([[], []])
    return [response.status, error.param, error.message]
  }

  test('a missing or unknown reward model', async () => {
    app = gateway.app()
    expect(await refusal(await post(best()))).toEqual([
      400,
      'decoding.reward',
      'decoding.reward: this server has no reward model, which this strategy needs; start one with "tandem up --reward NAME=DIR"',
    ])
    app = gateway.app({ rewards: new Map([['picker', reward]]) })
    expect(await refusal(await post(best({ reward: 'oracle' })))).toEqual([
      400,
      'decoding.reward',
      'decoding.reward: this server has no reward model "oracle"; expected one of: picker',
    ])
  })

  test('a prompt, which is not a conversation', async () => {
    const response = await postJson(app, '/v1/completions', { model: 'toy/best-of-n', prompt: 'decoding' })
    expect(await refusal(response)).toEqual([
      400,
      'decoding.strategy',
      'best-of-n scores answers to a conversation, and a prompt is not a conversation: send messages to /v1/chat/completions',
    ])
  })

  test.each([
    [best({ n: 0 }), 'decoding.n'],
    [best({ n: 65 }), 'decoding.n'],
    [best({ temperature: 0 }), 'decoding.temperature'],
    [best({ top_p: 1.1 }), 'decoding.top_p'],
    [{ ...best(), n: 2 }, 'n'],
  ])('%j', async (body, param) => {
    expect((await refusal(await post(body))).slice(0, 2)).toEqual([400, param])
  })
})

test('refuses answers that are too long for the reward model', async () => {
  toy.kill()
  reward.replicas.close()
  const short = new ToyReward()
  short.model.contextLength = 8
  reward = await openToyReward('picker', await short.start())
  app = gateway.app({ rewards: new Map([['picker', reward]]) })
  const { error } = await ask(best())
  expect(error.message).toMatch(
    /^decoding\.reward: the conversation with an answer has \d+ tokens, but the reward model picker accepts at most 8: lower max_tokens$/,
  )
  short.kill()
})

describe('a client that disconnects', () => {
  const disconnect = async (maxTokens: number, whenTrue: () => boolean) => {
    const client = new AbortController()
    const answer = post({ ...best({ n: 20 }), max_tokens: maxTokens }, { signal: client.signal })
    await expect.poll(whenTrue, { interval: 2 }).toBe(true)
    // No step ends from now on: the sessions can close only because the client has gone.
    holdSteps(gateway.dpo)
    client.abort()
    await expect.poll(() => gateway.dpo.sessions.size, { interval: 5 }).toBe(0)
    expect((await answer).status).toBe(499)
  }

  test('during sampling leaves no session open', async () => {
    gateway.dpo.beforeStep = () => delay(2)
    await disconnect(50, () => gateway.dpo.sessions.size === 20)
    expect(toy.sequences).toEqual([])
  })

  test('during scoring leaves no call open', async () => {
    holdScores(toy)
    await disconnect(6, () => toy.sequences.length === 20)
    await expect.poll(() => toy.cancelled).toBe(1)
  })
})
