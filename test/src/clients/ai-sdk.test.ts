import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { APICallError, generateText, RetryError, streamText } from 'ai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failureOf } from '../support/failure.js'
import { complete } from '../support/rest.js'
import type { Stack } from '../support/stack.js'
import { startTinyStack } from '../support/tiny-stack.js'

/**
 * Tests the AI SDK (`ai` with `@ai-sdk/openai-compatible`) with only a name, the address of the
 * server and a key.
 */

const prompt = 'alignment aware decoding'
const detail = { providerOptions: { tandem: { decoding: { detail: true } } } }
const key = 'secret'
let stack: Stack
let provider: ReturnType<typeof createOpenAICompatible>
beforeAll(async () => {
  stack = await startTinyStack({ env: { TANDEM_API_KEYS: key } })
  provider = createOpenAICompatible({ name: 'tandem', baseURL: `${stack.url}/v1`, apiKey: key, includeUsage: true })
})
afterAll(() => stack?.stop())

const expected = async (model: string, body: object = {}) => {
  const messages = [{ role: 'user', content: prompt }]
  return complete(stack.url, '/v1/chat/completions', { model, messages, max_tokens: 16, ...body }, key)
}

test.each(['tiny', 'tiny/greedy-dpo'])('generates text: %s', async (model) => {
  const answer = await generateText({ model: provider(model), prompt, maxOutputTokens: 16 })
  const { text, promptIds, tokenIds } = await expected(model)
  expect(answer).toMatchObject({ text, finishReason: 'length' })
  expect(answer.usage).toMatchObject({ inputTokens: promptIds?.length, outputTokens: tokenIds.length })
  expect(answer.warnings).toEqual([])
})

test.each([
  ['plainly', {}],
  ['with details of each token, which the client ignores', detail],
])('streams text, %s', async (_, options) => {
  const errors: unknown[] = []
  const stream = streamText({
    model: provider('tiny'),
    prompt,
    maxOutputTokens: 16,
    onError: ({ error }) => void errors.push(error),
    ...options,
  })
  const parts: string[] = []
  let text = ''
  for await (const part of stream.fullStream) {
    if (parts.at(-1) !== part.type) parts.push(part.type)
    if (part.type === 'text-delta') text += part.text
  }
  const { text: whole, promptIds, tokenIds } = await expected('tiny')
  expect(text).toBe(whole)
  expect(parts).toEqual(['start', 'start-step', 'text-start', 'text-delta', 'text-end', 'finish-step', 'finish'])
  expect(await stream.finishReason).toBe('length')
  expect(await stream.usage).toMatchObject({ inputTokens: promptIds?.length, outputTokens: tokenIds.length })
  expect(errors).toEqual([])
})

test('accepts details of each token without a stream', async () => {
  const { text } = await generateText({ model: provider('tiny'), prompt, maxOutputTokens: 16, ...detail })
  expect(text).toBe((await expected('tiny')).text)
})

test('stops at its stop sequences, and samples with its seed', async () => {
  const { text } = await expected('tiny')
  const stopSequences = [text.slice(4, 7)]
  const stopped = await generateText({ model: provider('tiny'), prompt, stopSequences })
  expect(stopped).toMatchObject({ text: text.slice(0, text.indexOf(stopSequences[0] ?? '')), finishReason: 'stop' })
  const drawn = { model: provider('tiny/sample'), prompt, maxOutputTokens: 16, temperature: 1, seed: 5 }
  const [first, second] = [await generateText(drawn), await generateText(drawn)]
  expect(second.text).toBe(first.text)
  expect(first.text).toBe((await expected('tiny/sample', { temperature: 1, seed: 5 })).text)
})

test.each([
  ['an unknown model', 'gpt', {}, 404, 'model_not_found'],
  ['a prompt longer than the context', 'tiny', { prompt: 'aware '.repeat(400) }, 400, 'context_length_exceeded'],
  ['a temperature out of range', 'tiny', { temperature: 5 }, 400, null],
  ['an unknown key of decoding', 'tiny', { providerOptions: { tandem: { decoding: { alfa: 1 } } } }, 400, null],
])('%s is an APICallError, whole and streamed, and is not tried again', async (_, model, options, statusCode, code) => {
  const request = { model: provider(model), prompt, ...options }
  const streamed = streamText({ ...request, onError: () => undefined })
  const errors: unknown[] = [await failureOf(generateText(request))]
  for await (const part of streamed.fullStream) if (part.type === 'error') errors.push(part.error)
  expect(errors).toHaveLength(2)
  for (const error of errors) {
    expect(RetryError.isInstance(error)).toBe(false)
    expect(APICallError.isInstance(error)).toBe(true)
    expect(error).toMatchObject({ statusCode, isRetryable: false, data: { error: { code } } })
  }
})

test('a wrong key is an APICallError', async () => {
  const wrongKey = createOpenAICompatible({ name: 'tandem', baseURL: `${stack.url}/v1`, apiKey: 'wrong' })
  const error = await failureOf(generateText({ model: wrongKey('tiny'), prompt }))
  expect(APICallError.isInstance(error)).toBe(true)
  expect(error).toMatchObject({ statusCode: 401, data: { error: { code: 'invalid_api_key' } } })
})
