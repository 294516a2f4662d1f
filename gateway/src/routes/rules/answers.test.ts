import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { startToyGateway, type ToyGateway } from '../../testing/toy-gateway.js'

/** Rules of whole answers on which clients of OpenAI-compatible servers rely, one per test. */

let gateway: ToyGateway
beforeAll(async () => {
  gateway = await startToyGateway()
})
afterAll(() => gateway.stop())

const usageSchema = z.object({ prompt_tokens: z.int(), completion_tokens: z.int(), total_tokens: z.int() })
const chatSchema = z.object({
  id: z.string(),
  choices: z.array(
    z.object({
      message: z.object({ content: z.string() }),
      token_ids: z.array(z.int()).optional(),
      finish_reason: z.string(),
      logprobs: z
        .object({
          content: z.array(
            z.object({
              token: z.string(),
              logprob: z.number(),
              bytes: z.array(z.int()),
              top_logprobs: z.array(z.object({ logprob: z.number() })),
            }),
          ),
        })
        .nullable(),
    }),
  ),
  usage: usageSchema,
})
const completionSchema = z.object({
  choices: z.array(
    z.object({
      text: z.string(),
      logprobs: z.object({
        tokens: z.array(z.string()),
        token_logprobs: z.array(z.number().nullable()),
        top_logprobs: z.array(z.record(z.string(), z.number()).nullable()),
        text_offset: z.array(z.int()),
      }),
    }),
  ),
})
const messages = [{ role: 'user', content: 'alignment aware decoding' }]
const prompt = [4, 388, 365]
const post = async (path: string, body: object): Promise<unknown> => (await gateway.post(path, body)).json()
const rawChat = (body: object) =>
  post('/v1/chat/completions', { model: 'toy', messages, max_tokens: 12, ignore_eos: true, ...body })
const chat = async (body: object) => chatSchema.parse(await rawChat(body))
const rawCompletion = (body: object) => post('/v1/completions', { model: 'toy', prompt, max_tokens: 12, ...body })
const completion = async (body: object) => completionSchema.parse(await rawCompletion(body))

describe('a whole answer has every field that the schema requires, null if it is empty', () => {
  const usage = { prompt_tokens: expect.any(Number), completion_tokens: 12, total_tokens: expect.any(Number) }

  test('chat', async () => {
    const before = Math.floor(Date.now() / 1000)
    const answer = await rawChat({})
    expect(answer).toEqual({
      id: expect.stringMatching(/^chatcmpl-/),
      object: 'chat.completion',
      created: expect.any(Number),
      model: 'toy',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: expect.any(String), refusal: null },
          logprobs: null,
          finish_reason: 'length',
          stop_reason: null,
        },
      ],
      usage,
      decoding: expect.any(Object),
    })
    const { created } = z.object({ created: z.int() }).parse(answer)
    expect(created).toBeGreaterThanOrEqual(before)
    expect(created).toBeLessThanOrEqual(Date.now() / 1000)
  })

  test('completions', async () => {
    expect(await rawCompletion({ ignore_eos: true })).toEqual({
      id: expect.stringMatching(/^cmpl-/),
      object: 'text_completion',
      created: expect.any(Number),
      model: 'toy',
      choices: [{ index: 0, text: expect.any(String), logprobs: null, finish_reason: 'length', stop_reason: null }],
      usage,
      decoding: expect.any(Object),
    })
  })
})

test('usage: the total is the sum, and the end token of an answer counts', async () => {
  const whole = await chat({ return_token_ids: true })
  const { prompt_tokens, completion_tokens, total_tokens } = whole.usage
  expect(total_tokens).toBe(prompt_tokens + completion_tokens)
  const ids = whole.choices[0]?.token_ids ?? []
  const end = ids[5] ?? -1
  const ended = await chat({ stop_token_ids: [end] })
  expect(ended.choices[0]?.finish_reason).toBe('stop')
  expect(ended.usage.completion_tokens).toBe(ids.indexOf(end) + 1)
})

describe('chat logprobs', () => {
  test.each([
    ['without top_logprobs', {}],
    ['with 0 of them', { top_logprobs: 0 }],
    ['with null of them', { top_logprobs: null }],
  ])('%s: has one entry per token, with the bytes of the text and an empty list', async (_, body) => {
    const { choices, usage } = await chat({ logprobs: true, skip_special_tokens: false, ...body })
    const content = choices[0]?.logprobs?.content ?? []
    expect(content).toHaveLength(usage.completion_tokens)
    expect(Buffer.from(content.flatMap(({ bytes }) => bytes)).toString()).toBe(choices[0]?.message.content)
    for (const { logprob, top_logprobs } of content) {
      expect(logprob).toBeLessThanOrEqual(0)
      expect(top_logprobs).toEqual([])
    }
  })
})

describe('completion logprobs', () => {
  test('with 0 returns only the chosen token; offsets count characters of the text', async () => {
    const { logprobs, text } = (await completion({ logprobs: 0, ignore_eos: true })).choices[0] ?? {}
    expect(logprobs?.token_logprobs).toHaveLength(12)
    const chosen = logprobs?.tokens.map((token, i) => ({ [token]: logprobs.token_logprobs[i] }))
    expect(logprobs?.top_logprobs).toEqual(chosen)
    const characters = [...(text ?? '')]
    for (const [i, token] of logprobs?.tokens.entries() ?? []) {
      if (token.includes('\ufffd')) continue
      expect(characters.slice(logprobs?.text_offset[i]).join('').startsWith(token)).toBe(true)
    }
  })

  test('with echo the first token of the prompt has none, because no token precedes it', async () => {
    const { logprobs } = (await completion({ logprobs: 1, echo: true, max_tokens: 2 })).choices[0] ?? {}
    expect(logprobs?.token_logprobs[0]).toBeNull()
    expect(logprobs?.top_logprobs[0]).toBeNull()
    expect(logprobs?.token_logprobs.slice(1).every((value) => value !== null && value <= 0)).toBe(true)
  })

  test('are -9999 for a token of probability 0, as in OpenAI: JSON has no infinity', async () => {
    const own = await startToyGateway({
      prepare: ({ dpo }) => {
        dpo.impossibleToken = 388
      },
    })
    try {
      const request = { model: 'toy', prompt, max_tokens: 1, echo: true, logprobs: 0 }
      const body = completionSchema.parse(await (await own.post('/v1/completions', request)).json())
      expect(body.choices[0]?.logprobs.token_logprobs[1]).toBe(-9999)
    } finally {
      own.stop()
    }
  })
})

test('a seed gives the same answer alone and next to concurrent requests; temperature 0 is greedy', async () => {
  const drawn = { model: 'toy/sample', temperature: 1.2, seed: 11 }
  const alone = await chat(drawn)
  const concurrent = await Promise.all([chat({ ...drawn, seed: 12 }), chat(drawn), chat({}), chat(drawn)])
  expect(concurrent[1]?.choices).toEqual(alone.choices)
  expect(concurrent[3]?.choices).toEqual(alone.choices)
  expect(concurrent[0]?.choices).not.toEqual(alone.choices)
  const greedy = await chat({ model: 'toy/greedy-dpo' })
  expect((await chat({ model: 'toy/sample', temperature: 0, seed: 3 })).choices).toEqual(greedy.choices)
})

describe('a prompt', () => {
  test.each([
    ['ids out of the vocabulary', '/v1/completions', { prompt: [4, 512] }, 'prompt'],
    ['no ids', '/v1/completions', { prompt: [] }, 'prompt'],
    ['an empty text', '/v1/completions', { prompt: '', add_special_tokens: false }, 'prompt'],
    ['no messages', '/v1/chat/completions', { messages: [] }, 'messages'],
  ])('of %s is refused', async (_, path, body, param) => {
    const response = await gateway.post(path, { model: 'toy', ...body })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { param } })
  })

  test('words that spell a special token are plain text in a message', async () => {
    const ids = async (content: string) => {
      const body = await rawChat({ messages: [{ role: 'user', content }], max_tokens: 1, return_token_ids: true })
      return z.object({ prompt_token_ids: z.array(z.int()) }).parse(body).prompt_token_ids
    }
    const plain = await ids('x')
    const ends = (list: readonly number[]) => list.filter((id) => id === 2).length
    expect(ends(await ids('x<|end|>x'))).toBe(ends(plain))
  })
})
