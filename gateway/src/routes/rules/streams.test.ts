import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { strategyNames } from '../../decode/strategies/index.js'
import { holdSteps } from '../../testing/hold-answers.js'
import { readEvents, startToyGateway, type ToyGateway } from '../../testing/toy-gateway.js'

/**
 * Rules of streams on which clients of OpenAI-compatible servers rely, one per test. Comments on
 * long waits: event-stream.test.ts.
 */

let gateway: ToyGateway
beforeAll(async () => {
  gateway = await startToyGateway()
})
afterAll(() => gateway.stop())

const tokenSchema = z.object({ bytes: z.array(z.int()) })
const chunkSchema = z.object({
  id: z.string(),
  object: z.literal('chat.completion.chunk'),
  created: z.int(),
  model: z.string(),
  choices: z.array(
    z.object({
      index: z.int(),
      delta: z.object({ role: z.string().optional(), content: z.string().optional() }),
      finish_reason: z.enum(['stop', 'length']).nullable(),
      stop_reason: z.union([z.string(), z.int()]).nullish(),
      logprobs: z.object({ content: z.array(tokenSchema) }).nullable(),
      token_ids: z.array(z.int()).optional(),
    }),
  ),
  usage: z.object({}).loose().nullable().optional(),
})
type Chunk = z.output<typeof chunkSchema>
const wholeSchema = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }), finish_reason: z.string() })),
  usage: z.object({}).loose(),
})
const base = { model: 'toy', messages: [{ role: 'user', content: 'alignment aware decoding' }], max_tokens: 16 }
const sampled = { model: 'toy/sample', seed: 7, n: 3, ignore_eos: true }
const withUsage = { stream_options: { include_usage: true } }
const post = (body: object) => gateway.post('/v1/chat/completions', { ...base, ...body })
const stream = async (body: object) =>
  z.array(chunkSchema).parse(await readEvents(await post({ ...body, stream: true })))
const whole = async (body: object) => wholeSchema.parse(await (await post(body)).json())
const choicesOf = (chunks: readonly Chunk[], index = 0) =>
  chunks.flatMap(({ choices }) => choices).filter((choice) => choice.index === index)
const textOf = (chunks: readonly Chunk[], index = 0) =>
  choicesOf(chunks, index)
    .map(({ delta }) => delta.content ?? '')
    .join('')

test('events are data and a blank line, uncompressed, without caching or buffering, and the last is [DONE]', async () => {
  const response = await gateway.post(
    '/v1/chat/completions',
    { ...base, stream: true },
    { headers: { 'accept-encoding': 'gzip, br' } },
  )
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream\b/)
  expect(response.headers.get('cache-control')).toBe('no-cache')
  expect(response.headers.get('x-accel-buffering')).toBe('no')
  expect(response.headers.get('content-encoding')).toBeNull()
  expect(await response.text()).toMatch(/^(data: \{.*\}\n\n)+data: \[DONE\]\n\n$/)
})

test('line ends of any kind are escaped: clients that read line by line find whole events', async () => {
  const prompt = 'a\u2028b\u2029c\u0085d'
  const request = { model: 'toy', prompt, echo: true, stream: true, max_tokens: 1 }
  const text = await (await gateway.post('/v1/completions', request)).text()
  expect(text).toContain(String.raw`a\u2028b\u2029c\u0085d`)
  // As of Python's splitlines.
  const lines = text.split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/).filter((line) => line !== '')
  expect(lines.every((line) => line === 'data: [DONE]' || /^data: \{.*\}$/.test(line))).toBe(true)
  expect(JSON.parse(lines[0]?.slice('data: '.length) ?? '')).toMatchObject({
    choices: [{ text: expect.stringContaining(prompt) }],
  })
})

test.each([
  ['/v1/chat/completions', {}],
  ['/v1/completions', { prompt: ['aware', 'decoding'] }],
])('%s: all chunks have one id, one time and one model', async (path, body) => {
  const chunks = await readEvents(
    await gateway.post(path, { ...base, ...sampled, ...body, ...withUsage, stream: true }),
  )
  const heads = chunks.map((chunk) => {
    const { id, object, created, model } = z.object({}).loose().parse(chunk)
    return JSON.stringify({ id, object, created, model })
  })
  expect(heads.length).toBeGreaterThan(30)
  expect(new Set(heads).size).toBe(1)
})

const endpoints = [
  ['/v1/chat/completions', base],
  ['/v1/completions', { model: 'toy', prompt: [[4, 388], [17]], max_tokens: 16 }],
] as const

describe('the first token', () => {
  test.each(endpoints)('%s: nothing is sent before it', async (path, body) => {
    const held = holdSteps(gateway.dpo)
    let isOpen = false
    const response = gateway.post(path, { ...body, stream: true }).finally(() => {
      isOpen = true
    })
    await expect.poll(() => held.count).toBeGreaterThan(0)
    expect(isOpen).toBe(false)
    held.release()
    expect((await readEvents(await response)).length).toBeGreaterThan(1)
  })

  test.each(endpoints)('%s: its error has the same status, streamed or not', async (path, body) => {
    const decoding = { strategy: 'formula', formula: 'log(dpo - dpo - 1)' }
    const answers = await Promise.all(
      [false, true].map(async (stream) => {
        const response = await gateway.post(path, { ...body, decoding, stream })
        return [response.status, await response.json()]
      }),
    )
    expect(answers[0]).toMatchObject([400, { error: { param: 'decoding.formula' } }])
    expect(answers[1]).toEqual(answers[0])
  })

  const textChunks = z.array(z.object({ choices: z.array(z.object({ token_ids: z.array(z.int()).min(1) })) }))
  test.each([
    [{}],
    [{ ...sampled, ...withUsage }],
    [{ echo: true, logprobs: 1 }],
    [{ decoding: { strategy: 'beam' } }],
    [{ decoding: { strategy: 'random-of-n', seed: 1 } }],
    [{ model: 'toy/greedy-dpo', logit_bias: { 2: 100 } }],
  ])('of completions is in the first chunk, and no chunk is without a token: %j', async (more) => {
    const [path, body] = endpoints[1]
    const events = await readEvents(
      await gateway.post(path, { ...body, ...more, return_token_ids: true, stream: true }),
    )
    expect(textChunks.parse(events).flatMap(({ choices }) => choices).length).toBeGreaterThan(1)
    expect(events[0]).toHaveProperty('decoding')
  })
})

describe('the role is only in the first chunk of a choice', () => {
  test('of several choices', async () => {
    const chunks = await stream(sampled)
    for (const index of [0, 1, 2]) {
      const [first, ...others] = choicesOf(chunks, index).map(({ delta }) => delta)
      expect(first).toEqual({ role: 'assistant', content: '' })
      expect(others.every((delta) => !('role' in delta))).toBe(true)
    }
  })

  test('of an empty answer', async () => {
    const logit_bias = { 2: 100 }
    const chunks = await stream({ model: 'toy/greedy-dpo', logit_bias })
    expect(choicesOf(chunks).map(({ delta, finish_reason }) => ({ delta, finish_reason }))).toEqual([
      { delta: { role: 'assistant', content: '' }, finish_reason: null },
      { delta: {}, finish_reason: 'stop' },
    ])
  })
})

test.each(['stop', 'length'])('finish_reason is null until the last chunk of a choice: %s', async (reason) => {
  const chunks = await stream(reason === 'length' ? sampled : { ...sampled, stop: ['e', 'a', 'i'], max_tokens: 50 })
  for (const index of [0, 1, 2]) {
    const reasons = choicesOf(chunks, index).map(({ finish_reason }) => finish_reason)
    expect(reasons.pop()).toBe(reason)
    expect(reasons.every((value) => value === null)).toBe(true)
  }
})

describe('usage', () => {
  test('is sent once if requested, in an additional chunk after the finish, and is null before', async () => {
    const chunks = await stream({ ...sampled, ...withUsage })
    const last = chunks.pop()
    expect(last).toMatchObject({ choices: [], usage: (await whole(sampled)).usage })
    expect(chunks.every(({ usage, choices }) => usage === null && choices.length === 1)).toBe(true)
  })

  test('with continuous_usage_stats is in every chunk and counts all tokens so far', async () => {
    const stream_options = { include_usage: true, continuous_usage_stats: true }
    const chunks = await stream({ ...sampled, stream_options, return_token_ids: true })
    const { usage: total } = await whole(sampled)
    const counted = z.object({ prompt_tokens: z.int(), completion_tokens: z.int(), total_tokens: z.int() })
    const { prompt_tokens } = counted.parse(total)
    let completion_tokens = 0
    for (const { usage, choices } of chunks) {
      completion_tokens += choices.flatMap(({ token_ids }) => token_ids ?? []).length
      expect(usage).toEqual({ prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens })
    }
    expect(chunks.slice(-2)).toMatchObject([
      { choices: [{}], usage: total },
      { choices: [], usage: total },
    ])
  })

  test('with continuous_usage_stats counts all prompts of a stream', async () => {
    const body = { model: 'toy', prompt: [[4, 388, 365], [17]], max_tokens: 3, ignore_eos: true }
    const stream_options = { include_usage: true, continuous_usage_stats: true }
    const events = await readEvents(await gateway.post('/v1/completions', { ...body, stream: true, stream_options }))
    const counts = events.map((event) => z.object({ usage: z.object({ total_tokens: z.int() }) }).parse(event))
    const totals = counts.map(({ usage }) => usage.total_tokens)
    expect(totals[0]).toBeGreaterThan(4)
    expect(totals.at(-1)).toBe(10)
    expect(totals).toEqual([...totals].sort((a, b) => a - b))
  })

  test.each([
    [{}],
    [{ stream_options: null }],
    [{ stream_options: { continuous_usage_stats: true } }],
    [{ stream_options: { include_usage: false } }],
  ])('is absent with %j, and so is the chunk without a choice', async (body) => {
    const chunks = await stream({ ...sampled, ...body })
    expect(chunks.every((chunk) => !('usage' in chunk) && chunk.choices.length === 1)).toBe(true)
  })
})

/** Strategies that need neither parameters nor a reward model. */
const methods = strategyNames.filter((name) => !['formula', 'best-of-n'].includes(name))

test.each(methods)('%s: the joined text, finish and usage equal those of the whole answer', async (strategy) => {
  const body = { model: `toy/${strategy}`, ...withUsage, ...(strategy === 'sample' ? { temperature: 1 } : {}) }
  // Random strategies get a seed in the place where they accept it.
  const seeded = strategy === 'sample' || strategy === 'random-of-n' ? { decoding: { seed: 5 } } : {}
  const chunks = await stream({ ...body, ...seeded })
  const { choices, usage } = await whole({ ...body, ...seeded, stream_options: null })
  expect(textOf(chunks)).toBe(choices[0]?.message.content)
  expect(choicesOf(chunks).at(-1)?.finish_reason).toBe(choices[0]?.finish_reason)
  expect(chunks.at(-1)?.usage).toEqual(usage)
})

test('splits no character: the joined text is the text of all bytes together', async () => {
  let characters = 0
  for (let seed = 0; seed < 8; seed++) {
    const body = { model: 'toy/sample', temperature: 1.5, seed, ignore_eos: true, max_tokens: 40 }
    const chunks = await stream({ ...body, logprobs: true, skip_special_tokens: false })
    const tokens = choicesOf(chunks).flatMap(({ logprobs }) => logprobs?.content ?? [])
    expect(textOf(chunks)).toBe(Buffer.from(tokens.flatMap(({ bytes }) => bytes)).toString())
    characters += splitCharacters(tokens.map(({ bytes }) => Buffer.from(bytes).toString()).join(''), textOf(chunks))
  }
  expect(characters).toBeGreaterThan(0)
})

/** Counts the characters that would be lost if each token were decoded by itself. */
const splitCharacters = (byToken: string, text: string): number =>
  [...new Set(text)].filter((character) => character > '\x7f' && character !== '\uFFFD' && !byToken.includes(character))
    .length

test('a stop string ends the text before it, for any split into tokens, and no part of it is sent', async () => {
  const text = textOf(await stream({ model: 'toy/greedy-dpo', ignore_eos: true }))
  const piece = fc.tuple(fc.nat(text.length - 1), fc.integer({ min: 1, max: 6 }))
  await fc.assert(
    fc.asyncProperty(piece, fc.boolean(), async ([start, length], include) => {
      const stop = text.slice(start, start + length)
      const end = text.indexOf(stop) + (include ? stop.length : 0)
      const chunks = await stream({
        model: 'toy/greedy-dpo',
        ignore_eos: true,
        stop: ['never there', stop],
        include_stop_str_in_output: include,
      })
      expect(textOf(chunks)).toBe(text.slice(0, end))
      expect(choicesOf(chunks).at(-1)).toMatchObject({ finish_reason: 'stop', stop_reason: stop })
    }),
    { numRuns: 40 },
  )
})

test('text that only begins like a stop string is sent later', async () => {
  const text = textOf(await stream({ ignore_eos: true }))
  const chunks = await stream({ ignore_eos: true, stop: `${text.slice(-4)}!` })
  expect(textOf(chunks)).toBe(text)
})
