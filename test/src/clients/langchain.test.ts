import type { AIMessageChunk } from '@langchain/core/messages'
import { ChatOpenAI, OpenAI } from '@langchain/openai'
import { AuthenticationError, BadRequestError, NotFoundError } from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '../support/failure.js'
import { complete } from '../support/rest.js'
import type { Stack } from '../support/stack.js'
import { startTinyStack } from '../support/tiny-stack.js'

/** Tests LangChain's `@langchain/openai` with only the address of the server, a key and a model. */

const prompt = 'alignment aware decoding'
const key = 'secret'
let stack: Stack
beforeAll(async () => {
  stack = await startTinyStack({ env: { TANDEM_API_KEYS: key } })
})
afterAll(() => stack?.stop())

const server = () => ({ apiKey: key, configuration: { baseURL: `${stack.url}/v1` } })
const chat = (model: string, options: object = {}) => new ChatOpenAI({ ...server(), model, maxTokens: 16, ...options })
const expected = (model: string, content = prompt) => {
  const request = { model, messages: [{ role: 'user', content }], max_tokens: 16 }
  return complete(stack.url, '/v1/chat/completions', request, key)
}
describe('ChatOpenAI', () => {
  test.each(['tiny', 'tiny/greedy-dpo'])('invokes: %s', async (model) => {
    const message = await chat(model).invoke(prompt)
    const { text, promptIds, tokenIds } = await expected(model)
    expect(message.content).toBe(text)
    expect(message.usage_metadata).toMatchObject({ input_tokens: promptIds?.length, output_tokens: tokenIds.length })
    expect(message.response_metadata).toMatchObject({ finish_reason: 'length', model_name: model })
  })

  test.each([
    ['plainly', {}],
    ['with details of each token, which the client ignores', { modelKwargs: { decoding: { detail: true } } }],
  ])('streams, %s', async (_, options) => {
    let whole: AIMessageChunk | undefined
    for await (const chunk of await chat('tiny', options).stream(prompt)) whole = whole ? whole.concat(chunk) : chunk
    const { text, promptIds, tokenIds } = await expected('tiny')
    expect(whole?.content).toBe(text)
    expect(whole?.usage_metadata).toMatchObject({ input_tokens: promptIds?.length, output_tokens: tokenIds.length })
    expect(whole?.response_metadata).toMatchObject({ finish_reason: 'length' })
    expect((await chat('tiny', options).invoke(prompt)).content).toBe(text)
  })

  test('answers a batch', async () => {
    const prompts = ['alignment', 'aware', 'decoding', prompt]
    const messages = await chat('tiny').batch(prompts)
    const texts = await Promise.all(prompts.map((one) => expected('tiny', one)))
    expect(messages.map(({ content }) => content)).toEqual(texts.map(({ text }) => text))
  })

  test('stops at the stop sequence', async () => {
    const { text } = await expected('tiny')
    const stop = text.slice(4, 7)
    const message = await chat('tiny').invoke(prompt, { stop: [stop] })
    expect(message.content).toBe(text.slice(0, text.indexOf(stop)))
    expect(message.response_metadata).toMatchObject({ finish_reason: 'stop' })
  })

  test.each([
    ['an unknown model', 'gpt', {}, NotFoundError, 'model_not_found'],
    ['a temperature out of range', 'tiny', { temperature: 5 }, BadRequestError, null],
    ['an unknown key of decoding', 'tiny', { modelKwargs: { decoding: { alfa: 1 } } }, BadRequestError, null],
    ['a wrong key', 'tiny', { apiKey: 'wrong' }, AuthenticationError, 'invalid_api_key'],
  ])("%s is an error of the client's own", async (_, model, options, type, code) => {
    const error = await failureOf(chat(model, options).invoke(prompt))
    expect(error).toBeInstanceOf(type)
    expect(error).toMatchObject({ code })
  })

  test("a prompt longer than the context is LangChain's own error", async () => {
    const error = await failureOf(chat('tiny').invoke('aware '.repeat(400)))
    expect(error).toMatchObject({ name: 'ContextOverflowError' })
  })
})

describe('OpenAI, for completions', () => {
  const completions = () => new OpenAI({ ...server(), model: 'tiny', maxTokens: 16 })
  const text = async () =>
    (await complete(stack.url, '/v1/completions', { model: 'tiny', prompt, max_tokens: 16 }, key)).text

  test('invokes and streams', async () => {
    expect(await completions().invoke(prompt)).toBe(await text())
    let streamed = ''
    for await (const piece of await completions().stream(prompt)) streamed += piece
    expect(streamed).toBe(await text())
  })

  test('answers several prompts of one request', async () => {
    const { generations, llmOutput } = await completions().generate([prompt, 'aware'])
    expect(generations.map(([first]) => first?.text)).toEqual([await text(), await completions().invoke('aware')])
    expect(llmOutput).toMatchObject({ tokenUsage: { completionTokens: 32 } })
  })
})
