import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildModel } from '@tandem/models'
import OpenAI, { APIError, BadRequestError, NotFoundError } from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tinyFolder } from './support/fixtures.js'
import { type Stack, startStack } from './support/stack.js'

const model = 'tiny'
const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'alignment aware decoding' }]

let folder: string
let stack: Stack
let client: OpenAI
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-openai-'))
  const source = tinyFolder('llama-tied')
  const [sft, dpo] = [join(folder, 'sft'), join(folder, 'dpo')]
  await buildModel({ source, out: sft, precision: 'fp32' })
  await buildModel({ source, adapter: tinyFolder('llama-tied+lora'), out: dpo, precision: 'fp32' })
  stack = await startStack({ sft, dpo, pair: model })
  client = new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: 'none', maxRetries: 0, timeout: 30_000 })
})
afterAll(async () => {
  await stack?.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('the openai client', () => {
  test('lists the bare pair first, then one name for each strategy', async () => {
    const ids = (await client.models.list()).data.map(({ id }) => id)
    expect(ids[0]).toBe(model)
    expect(ids).toEqual(
      expect.arrayContaining(['aad', 'greedy-sft', 'greedy-dpo', 'sample'].map((s) => `${model}/${s}`)),
    )
    expect((await client.models.retrieve(model)).id).toBe(model)
    expect((await client.models.retrieve(`${model}/aad`)).object).toBe('model')
  })

  test('chats; the streamed answer is the same, with one role, one finish and usage at the end', async () => {
    const request = { model, messages, max_tokens: 24 }
    const whole = await client.chat.completions.create(request)
    expect(whole.object).toBe('chat.completion')
    expect(whole.usage?.total_tokens).toBe((whole.usage?.prompt_tokens ?? 0) + (whole.usage?.completion_tokens ?? 0))
    const chunks: OpenAI.ChatCompletionChunk[] = []
    const stream = await client.chat.completions.create({
      ...request,
      stream: true,
      stream_options: { include_usage: true },
    })
    for await (const chunk of stream) chunks.push(chunk)
    const deltas = chunks.flatMap((chunk) => chunk.choices)
    expect(deltas.map(({ delta }) => delta.content ?? '').join('')).toBe(whole.choices[0]?.message.content)
    expect(deltas.filter(({ delta }) => delta.role !== undefined)).toHaveLength(1)
    expect(deltas.flatMap(({ finish_reason }) => finish_reason ?? [])).toEqual([whole.choices[0]?.finish_reason])
    expect(new Set(chunks.map(({ id, created }) => `${id} ${created}`)).size).toBe(1)
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage })
  })

  test("its streaming helper's final message is whole", async () => {
    const runner = client.chat.completions.stream({ model, messages, max_tokens: 16 })
    const final = await runner.finalChatCompletion()
    const whole = await client.chat.completions.create({ model, messages, max_tokens: 16 })
    expect(final.choices[0]?.message.content).toBe(whole.choices[0]?.message.content)
  })

  test('gives logprobs of a chat, one entry a token', async () => {
    const answer = await client.chat.completions.create({
      model,
      messages,
      max_tokens: 8,
      logprobs: true,
      top_logprobs: 3,
    })
    const content = answer.choices[0]?.logprobs?.content ?? []
    expect(content).toHaveLength(answer.usage?.completion_tokens ?? -1)
    for (const { logprob, top_logprobs } of content) {
      expect(logprob).toBeLessThanOrEqual(0)
      expect(top_logprobs).toHaveLength(3)
      expect(top_logprobs.map((top) => top.logprob)).toEqual(
        top_logprobs.map((top) => top.logprob).sort((a, b) => b - a),
      )
    }
  })

  test('completes a string, several strings and token ids', async () => {
    const one = await client.completions.create({ model, prompt: 'aware', max_tokens: 8 })
    expect(one.object).toBe('text_completion')
    const two = await client.completions.create({ model, prompt: ['aware', 'decoding'], max_tokens: 8 })
    expect(two.choices.map(({ index }) => index)).toEqual([0, 1])
    expect(two.choices[0]?.text).toBe(one.choices[0]?.text)
    const ids = await client.completions.create({ model, prompt: [4, 388, 365], max_tokens: 8, logprobs: 2 })
    expect(ids.choices[0]?.logprobs?.token_logprobs).toHaveLength(ids.usage?.completion_tokens ?? -1)
  })

  test('echoes the prompt with its logprobs', async () => {
    const answer = await client.completions.create({
      model,
      prompt: [4, 388, 365],
      max_tokens: 2,
      echo: true,
      logprobs: 0,
    })
    const logprobs = answer.choices[0]?.logprobs?.token_logprobs ?? []
    expect(logprobs).toHaveLength(3 + (answer.usage?.completion_tokens ?? -1))
    expect(logprobs[0]).toBeNull()
  })

  test('a stop string ends the answer before it', async () => {
    const whole = await client.completions.create({ model, prompt: [4, 388, 365], max_tokens: 24 })
    const text = whole.choices[0]?.text ?? ''
    const stop = text.slice(6, 9)
    const stopped = await client.completions.create({ model, prompt: [4, 388, 365], max_tokens: 24, stop })
    expect(stopped.choices[0]?.text).toBe(text.slice(0, text.indexOf(stop)))
    expect(stopped.choices[0]?.finish_reason).toBe('stop')
  })

  test('sampling with a seed repeats itself', async () => {
    const request = { model: `${model}/sample`, messages, max_tokens: 16, temperature: 1, seed: 7 }
    const [first, second] = [
      await client.chat.completions.create(request),
      await client.chat.completions.create(request),
    ]
    expect(second.choices[0]?.message.content).toBe(first.choices[0]?.message.content)
  })

  test('an abort in mid-stream leaves the stack serving', async () => {
    const stream = await client.completions.create({ model, prompt: [4, 388, 365], max_tokens: 200, stream: true })
    for await (const chunk of stream) {
      expect(chunk.object).toBe('text_completion')
      break
    }
    expect((await client.completions.create({ model, prompt: 'aware', max_tokens: 2 })).choices).toHaveLength(1)
  })
})

describe('its errors', () => {
  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => expect.unreachable('the request was accepted'),
      (error: unknown) => error,
    )
  const complete = (body: object) =>
    failure(client.completions.create({ model, prompt: 'aware', max_tokens: 2, ...body }))

  test('an unknown model is not found', async () => {
    const error = await complete({ model: 'gpt-4' })
    expect(error).toBeInstanceOf(NotFoundError)
    expect(error).toMatchObject({ code: 'model_not_found' })
    expect(String(error)).toContain('gpt-4')
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
  ])('%s is refused by name', async (_, body, named) => {
    const error = await complete(body)
    expect(error).toBeInstanceOf(BadRequestError)
    expect(String(error)).toContain(named)
  })

  test('a prompt past the context says how long it may be', async () => {
    const error = await complete({ prompt: Array.from({ length: 300 }, () => 7) })
    expect(error).toBeInstanceOf(BadRequestError)
    expect(error).toMatchObject({ code: 'context_length_exceeded' })
    expect(String(error)).toContain('256')
  })

  test('an unknown route answers in the same shape', async () => {
    const error = await failure(client.get('/nowhere'))
    expect(error).toBeInstanceOf(APIError)
    expect(error).toMatchObject({ status: 404 })
    const body = (await (await fetch(`${stack.url}/v1/nowhere`)).json()) as { error: object }
    expect(Object.keys(body.error).sort()).toEqual(['code', 'message', 'param', 'type'])
  })
})
