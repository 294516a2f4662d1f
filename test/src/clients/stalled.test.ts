import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { ChatOpenAI } from '@langchain/openai'
import { generateText, streamText } from 'ai'
import OpenAI from 'openai'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { heldSessions } from '../support/held-sessions.js'
import { complete } from '../support/rest.js'
import type { Stack } from '../support/stack.js'
import { startTinyStack } from '../support/tiny-stack.js'

/**
 * Tests clients while a service is stopped during a prompt, so that only the client can end the
 * answer.
 */

const model = 'tiny/contrastive'
const prompt = 'alignment aware decoding'
const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: prompt }]
let stack: Stack
beforeAll(async () => {
  stack = await startTinyStack({ env: { TANDEM_PING_MS: '1000' } })
})
afterAll(() => stack?.stop())
beforeEach(async () => {
  // A request that comes while the gateway still takes the service for stopped would wait for it.
  await expect.poll(async () => (await fetch(`${stack.url}/readyz`)).status).toBe(200)
  stack.sft.kill('SIGSTOP')
})
afterEach(() => void stack.sft.kill('SIGCONT'))

/** Each function requests one answer and reads it to the end. */
const openai = () => new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: 'none' })
const aiSdk = () => createOpenAICompatible({ name: 'tandem', baseURL: `${stack.url}/v1`, apiKey: 'none' })(model)
const langchain = () =>
  new ChatOpenAI({ model, maxTokens: 8, apiKey: 'none', configuration: { baseURL: `${stack.url}/v1` } })

type Ask = (signal: AbortSignal) => Promise<string | null | undefined>
const whole: Readonly<Record<string, Ask>> = {
  openai: async (signal) => {
    const answer = await openai().chat.completions.create({ model, messages, max_tokens: 8 }, { signal })
    return answer.choices[0]?.message.content
  },
  'ai-sdk': async (abortSignal) =>
    (await generateText({ model: aiSdk(), prompt, maxOutputTokens: 8, abortSignal })).text,
  langchain: async (signal) => String((await langchain().invoke(prompt, { signal })).content),
}
const streamed: Readonly<Record<string, Ask>> = {
  openai: async (signal) =>
    (await openai().chat.completions.stream({ model, messages, max_tokens: 8 }, { signal }).finalMessage()).content,
  'ai-sdk': async (abortSignal) => {
    const options = { model: aiSdk(), prompt, maxOutputTokens: 8, abortSignal, onError: () => undefined }
    let text = ''
    for await (const part of streamText(options).fullStream) {
      if (part.type === 'abort') throw new Error('aborted')
      if (part.type === 'text-delta') text += part.text
    }
    return text
  },
  langchain: async (signal) => {
    let text = ''
    for await (const { content } of await langchain().stream(prompt, { signal })) text += content
    return text
  },
}
const all = [
  ...Object.entries(whole).map(([name, ask]) => [`${name}, whole`, ask] as const),
  ...Object.entries(streamed).map(([name, ask]) => [`${name}, streamed`, ask] as const),
]
const heldByDpo = () => heldSessions(stack.addresses.dpo)

describe('a client that aborts ends the decoding and frees the sessions', () => {
  test.each(all)('%s', async (_, ask) => {
    const caller = new AbortController()
    const outcome = ask(caller.signal).then(
      () => 'answered',
      () => 'aborted',
    )
    await expect.poll(heldByDpo, { interval: 20 }).toBe(1)
    caller.abort()
    expect(await outcome).toBe('aborted')
    await expect.poll(heldByDpo, { interval: 20 }).toBe(0)
    stack.sft.kill('SIGCONT')
    await expect.poll(() => heldSessions(stack.addresses.sft), { interval: 20 }).toBe(0)
  })
})

describe('a waiting stream sends comments, and clients ignore them', () => {
  test.each(Object.entries(streamed))('%s', async (_, ask) => {
    const answer = ask(AbortSignal.timeout(360_000))
    // A second stream waits for the same service. When it has received two comments, so has the
    // stream of the client.
    const body = JSON.stringify({ model, messages, max_tokens: 8, stream: true })
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${stack.url}/v1/chat/completions`, { method: 'POST', headers, body })
    let text = ''
    for await (const bytes of response.body ?? []) {
      text += Buffer.from(bytes).toString()
      if (text.split(': ping\n\n').length > 2) stack.sft.kill('SIGCONT')
    }
    expect(text).toContain(': ping\n\n: ping\n\n')
    const { text: expected } = await complete(stack.url, '/v1/chat/completions', { model, messages, max_tokens: 8 })
    expect(await answer).toBe(expected)
  })
})
