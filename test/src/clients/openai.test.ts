import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Stack } from '../support/stack.js'
import { startTinyStack } from '../support/tiny-stack.js'

/**
 * Tests the npm package `openai` with only the address of the server, a key and a model. Its
 * errors: openai-errors.test.ts.
 */

const model = 'tiny'
const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'alignment aware decoding' }]

let stack: Stack
let client: OpenAI
beforeAll(async () => {
  stack = await startTinyStack({ env: { TANDEM_API_KEYS: 'secret' } })
  client = new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: 'secret' })
})
afterAll(() => stack?.stop())

describe('the openai client', () => {
  test('lists the pair first, then one name per strategy', async () => {
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

  test('the events of its streaming helper give the same answer and usage', async () => {
    const request = { model, messages, max_tokens: 16 }
    const runner = client.chat.completions.stream({ ...request, stream_options: { include_usage: true } })
    const deltas: string[] = []
    const events: string[] = []
    runner.on('content.delta', ({ delta }) => deltas.push(delta))
    for (const name of ['connect', 'content.done', 'message', 'finalChatCompletion', 'end'] as const)
      runner.on(name, () => events.push(name))
    const final = await runner.finalChatCompletion()
    await runner.done()
    const whole = await client.chat.completions.create(request)
    expect(deltas.join('')).toBe(whole.choices[0]?.message.content)
    expect(events).toEqual(['connect', 'content.done', 'message', 'finalChatCompletion', 'end'])
    expect(await runner.finalContent()).toBe(whole.choices[0]?.message.content)
    expect(final.choices[0]).toMatchObject(whole.choices[0] ?? {})
    expect(final.usage).toEqual(whole.usage)
  })

  test('requests several answers, also streamed, and a strategy by the name of the model', async () => {
    const request = { model: `${model}/sample`, messages, max_tokens: 12, n: 3, seed: 7 }
    const { choices, usage } = await client.chat.completions.create(request)
    expect(choices.map(({ index }) => index)).toEqual([0, 1, 2])
    expect(new Set(choices.map(({ message }) => message.content)).size).toBe(3)
    const final = await client.chat.completions
      .stream({ ...request, stream_options: { include_usage: true } })
      .finalChatCompletion()
    expect(final.choices.map(({ message }) => message.content)).toEqual(choices.map(({ message }) => message.content))
    expect(final.usage).toEqual(usage)
  })

  test('accepts details of each token as additional fields', async () => {
    // An object of Tandem. The client sends unknown fields without changes.
    const request = { model, messages, max_tokens: 12, decoding: { detail: true } }
    const plain = await client.chat.completions.create({ model, messages, max_tokens: 12 })
    const { choices } = await client.chat.completions.create(request)
    expect(choices[0]).toMatchObject({ message: plain.choices[0]?.message, decoding_detail: expect.any(Array) })
    const final = await client.chat.completions.stream(request).finalChatCompletion()
    expect(final.choices[0]?.message.content).toBe(plain.choices[0]?.message.content)
  })

  test('returns logprobs of a chat, one entry per token', async () => {
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

  test('sampling with a seed is repeatable', async () => {
    const request = { model: `${model}/sample`, messages, max_tokens: 16, temperature: 1, seed: 7 }
    const [first, second] = [
      await client.chat.completions.create(request),
      await client.chat.completions.create(request),
    ]
    expect(second.choices[0]?.message.content).toBe(first.choices[0]?.message.content)
  })

  test('the stack still answers after an aborted stream', async () => {
    const stream = await client.completions.create({ model, prompt: [4, 388, 365], max_tokens: 200, stream: true })
    for await (const chunk of stream) {
      expect(chunk.object).toBe('text_completion')
      break
    }
    expect((await client.completions.create({ model, prompt: 'aware', max_tokens: 2 })).choices).toHaveLength(1)
  })
})
