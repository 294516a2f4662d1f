import { afterAll, beforeAll, expect, test } from 'vitest'
import { startToyGateway, type ToyGateway } from '../../testing/toy-gateway.js'

/** One request cannot ask for more than 1,048,576 generated tokens, however it multiplies them. */

let gateway: ToyGateway
beforeAll(async () => {
  gateway = await startToyGateway({
    prepare: ({ dpo, sft }) => {
      for (const { model } of [dpo, sft]) Object.assign(model, { contextLength: 100_000, maxSessions: 0 })
    },
  })
})
afterAll(() => gateway.stop())

const send = async (body: object, path = '/v1/completions') => {
  const answer = await gateway.post(path, { model: 'toy', ...body })
  const { error } = (await answer.json()) as { error?: { param: string; message: string } }
  return { status: answer.status, ...error }
}
const chat = (body: object) => send({ messages: [{ role: 'user', content: 'hi' }], ...body }, '/v1/chat/completions')
const tooMany = (tokens: number, sequences: number) => ({
  status: 400,
  param: 'max_tokens',
  message:
    `the request can generate ${tokens} tokens in ${sequences} sequences (answers, beams or samples of all prompts): ` +
    'expected at most 1048576; lower max_tokens, or send several requests',
})
const sampled = { decoding: { strategy: 'sample' } }

test.each([
  ['answers', { prompt: [4], n: 16, max_tokens: 65_537, ...sampled }, 16 * 65_537, 16],
  ['prompts', { prompt: Array(64).fill([4]), max_tokens: 16_385 }, 64 * 16_385, 64],
  ['prompts and answers', { prompt: Array(64).fill([4]), n: 16, max_tokens: 1025, ...sampled }, 1024 * 1025, 1024],
  ['samples', { prompt: [4], max_tokens: 16_385, decoding: { strategy: 'random-of-n', n: 64 } }, 64 * 16_385, 64],
])('of %s: refused before any model runs', async (_, body, tokens, sequences) => {
  expect(await send(body)).toEqual(expect.objectContaining(tooMany(tokens, sequences)))
  expect([...gateway.dpo.steps, ...gateway.sft.steps]).toEqual([])
})

test('of beams of a chat: refused too; as much as the limit is accepted', async () => {
  const decoding = { strategy: 'beam', width: 16 }
  expect(await chat({ decoding, max_tokens: 65_537 })).toMatchObject(tooMany(16 * 65_537, 16))
  const stop = { stop_token_ids: Array.from({ length: 256 }, (_, id) => id) }
  expect(await send({ prompt: [4], n: 16, max_tokens: 65_536, temperature: 1, ...sampled, ...stop })).toMatchObject({
    status: 200,
  })
})

test('a chat without max_tokens gets no more than its share of the limit', async () => {
  const decoding = { strategy: 'random-of-n', n: 64 }
  const stop_token_ids = Array.from({ length: 256 }, (_, id) => id)
  expect(await chat({ decoding, stop_token_ids })).toMatchObject({ status: 200 })
})
