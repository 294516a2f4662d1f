import { afterAll, beforeAll, expect, test } from 'vitest'
import { readEvents, startToyGateway, type ToyGateway } from '../testing/toy-gateway.js'

let gateway: ToyGateway
beforeAll(async () => {
  gateway = await startToyGateway()
})
afterAll(() => gateway.stop())

interface Chunk {
  readonly id: string
  readonly choices: {
    delta: { role?: string; content?: string }
    finish_reason: string | null
    stop_reason?: unknown
  }[]
  readonly usage?: { completion_tokens: number } | null
  readonly decoding?: object
}
interface Body {
  readonly choices: {
    message: { content: string }
    finish_reason: string
    stop_reason: unknown
    logprobs: { content: { logprob: number; bytes: number[]; top_logprobs: { logprob: number }[] }[] } | null
  }[]
  readonly usage: object
  readonly prompt_token_ids: number[]
  readonly decoding: object
}
const messages = [{ role: 'user', content: 'alignment aware decoding' }]
const ask = (body: object) =>
  gateway.post('/v1/chat/completions', { model: 'toy', messages, max_tokens: 16, ignore_eos: true, ...body })
const answer = async (body: object) => (await (await ask(body)).json()) as Body

test('the prompt is the rendered template; text parts count as text', async () => {
  const plain = await answer({ return_token_ids: true })
  expect(plain.prompt_token_ids).toEqual([4, 388, 365, 384, 2, 5])
  const parts = [{ role: 'user', content: [{ type: 'text', text: 'alignment aware decoding' }] }]
  expect((await answer({ return_token_ids: true, messages: parts })).prompt_token_ids).toEqual(plain.prompt_token_ids)
  const refused = await ask({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] })
  expect(refused.status).toBe(400)
})

test('a stream has one role, one finish, and usage in an additional chunk', async () => {
  const whole = await answer({})
  const events = (await readEvents(await ask({ stream: true, stream_options: { include_usage: true } }))) as Chunk[]
  const choices = events.flatMap((event) => event.choices)
  expect(choices.filter(({ delta }) => delta.role !== undefined)).toHaveLength(1)
  expect(choices.map(({ delta }) => delta.content ?? '').join('')).toBe(whole.choices[0]?.message.content)
  expect(choices.flatMap(({ finish_reason }) => finish_reason ?? [])).toEqual(['length'])
  expect(events.slice(0, -1).every(({ usage }) => usage === null)).toBe(true)
  expect(events.at(-1)).toMatchObject({ choices: [], usage: whole.usage })
  expect(events.filter(({ decoding }) => decoding)).toEqual([events[0]])
  expect(new Set(events.map(({ id }) => id)).size).toBe(1)
})

test('logprobs has one entry per token, sorted top_logprobs, and bytes that join to the text', async () => {
  const { choices } = await answer({ logprobs: true, top_logprobs: 3, skip_special_tokens: false })
  const content = choices[0]?.logprobs?.content ?? []
  expect(content).toHaveLength(16)
  expect(Buffer.from(content.flatMap(({ bytes }) => bytes)).toString()).toBe(choices[0]?.message.content)
  for (const { top_logprobs } of content) {
    expect(top_logprobs).toHaveLength(3)
    expect(top_logprobs[0]?.logprob).toBeGreaterThanOrEqual(top_logprobs[2]?.logprob ?? 0)
  }
  expect((await answer({})).choices[0]?.logprobs).toBeNull()
})

test('a stop string across tokens ends the answer, and is included only if requested', async () => {
  const text = (await answer({})).choices[0]?.message.content ?? ''
  const stop = text.slice(5, 8)
  const end = text.indexOf(stop)
  const stopped = await answer({ stop })
  expect(stopped.choices[0]).toMatchObject({
    message: { content: text.slice(0, end) },
    finish_reason: 'stop',
    stop_reason: stop,
  })
  const kept = await answer({ stop: ['never there', stop], include_stop_str_in_output: true })
  expect(kept.choices[0]?.message.content).toBe(text.slice(0, end + stop.length))
})

test('temperature and top_p have no effect on aad, and the answer reports it; null counts as not set', async () => {
  const plain = await answer({})
  const warm = await answer({ temperature: 1.5, top_p: 0.3, seed: null })
  expect(warm.choices).toEqual(plain.choices)
  expect(warm.decoding).toEqual({
    strategy: 'aad',
    alpha: 0.1,
    temperature: 0,
    detail: false,
    path: 'auto',
    ignored: ['temperature', 'top_p'],
  })
  expect((await answer({ model: 'toy/sample', temperature: 0.5, decoding: { seed: 1 } })).decoding).toMatchObject({
    strategy: 'sample',
    temperature: 0.5,
    seed: 1,
    ignored: [],
  })
})

test('without max_tokens the answer can fill the context', async () => {
  const { usage } = await answer({ max_tokens: null })
  expect(usage).toMatchObject({ prompt_tokens: 6, total_tokens: 64 })
})
