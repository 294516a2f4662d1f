import { afterAll, beforeAll, expect, test } from 'vitest'
import { startToyGateway, type ToyGateway } from '../testing/toy-gateway.js'

/** `prefix` of DeepSeek and Mistral, and `partial` of Qwen and Moonshot. */

let gateway: ToyGateway
beforeAll(async () => {
  gateway = await startToyGateway()
})
afterAll(() => gateway.stop())

const question = { role: 'user', content: 'what is' }
const answer = { role: 'assistant', content: 'decoding' }

/** The answer without what differs between any two answers. */
async function send(path: string, fields: object) {
  const response = await gateway.post(path, { model: 'toy', ...fields })
  const { id: _id, created: _created, ...body } = (await response.json()) as Record<string, unknown>
  return { status: response.status, body }
}

test.each(['/v1/chat/completions', '/tokenize'])('at the last message they continue it: %s', async (path) => {
  const shared = path === '/tokenize' ? {} : { max_tokens: 4, return_token_ids: true }
  const continued = await send(path, { ...shared, messages: [question, answer], continue_final_message: true })
  expect(continued.status).toBe(200)
  const plain = await send(path, { ...shared, messages: [question, answer] })
  expect(plain).not.toEqual(continued)
  for (const name of ['prefix', 'partial']) {
    const withField = (value: unknown) => send(path, { ...shared, messages: [question, { ...answer, [name]: value }] })
    expect(await withField(true)).toEqual(continued)
    for (const off of [false, null]) expect(await withField(off)).toEqual(plain)
  }
})

test.each([
  [[{ ...question, prefix: true }, answer], {}, 'messages.0.prefix'],
  [[{ ...answer, partial: true }, question], {}, 'messages.0.partial'],
  [[{ ...question, partial: true }], {}, 'messages.0.partial'],
  [[question, { ...answer, prefix: 'yes' }], {}, 'messages.1.prefix'],
  [[question, { ...answer, prefix: true }], { add_generation_prompt: true }, 'continue_final_message'],
])('elsewhere they are refused: %j %j', async (messages, fields, param) => {
  const { status, body } = await send('/v1/chat/completions', { messages, ...fields })
  expect([status, (body.error as { param: string }).param]).toEqual([400, param])
})
