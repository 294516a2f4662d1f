import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { requestLimits } from '../openai/request/request-limits.js'
import { postJson, startToyGateway, type ToyGateway } from '../testing/toy-gateway.js'

/** vLLM's `truncate_prompt_tokens` and `prompt_logprobs`. */

let gateway: ToyGateway
beforeAll(async () => {
  gateway = await startToyGateway()
})
afterAll(() => gateway.stop())

const errorSchema = z.object({
  error: z.object({ message: z.string(), param: z.string(), code: z.string().nullable() }),
})
const completionSchema = z.object({
  choices: z.array(
    z.object({
      text: z.string(),
      token_ids: z.array(z.int()),
      prompt_token_ids: z.array(z.int()),
      prompt_logprobs: z.array(z.unknown()).optional(),
      logprobs: z.object({ tokens: z.array(z.string()), top_logprobs: z.array(z.unknown()) }).nullable(),
    }),
  ),
  usage: z.object({ prompt_tokens: z.int() }),
})
const prompt = [4, 388, 365, 17, 203]
const messages = [{ role: 'user', content: 'alignment aware decoding' }]
const shared = { model: 'toy', max_tokens: 2, ignore_eos: true, return_token_ids: true }
const post = (path: string, body: object) => gateway.post(`/v1/${path}`, { ...shared, ...body })
const complete = async (body: object) =>
  completionSchema.parse(await (await post('completions', { prompt, ...body })).json())
const refusal = async (path: string, body: object) => {
  const response = await post(path, { prompt, messages, ...body })
  return { status: response.status, ...errorSchema.parse(await response.json()).error }
}

describe('truncate_prompt_tokens', () => {
  test.each([
    [1, [203]],
    [3, [365, 17, 203]],
    [5, prompt],
    [1000, prompt],
    [-1, prompt],
    [null, prompt],
  ])('%j keeps the last tokens of a completion', async (truncate_prompt_tokens, kept) => {
    const found = await complete({ truncate_prompt_tokens })
    expect(found).toEqual(await complete({ prompt: kept }))
    expect([found.choices[0]?.prompt_token_ids, found.usage.prompt_tokens]).toEqual([kept, kept.length])
  })

  test('truncates each prompt, and echo returns the truncated text', async () => {
    const { text } = gateway.pair
    const given = 'alignment aware decoding'
    const ids = text.encode(given)
    expect(ids.length).toBeGreaterThan(2)
    const { choices } = await complete({
      prompt: [given, 'a'],
      truncate_prompt_tokens: 2,
      echo: true,
      max_tokens: 0,
    })
    expect(choices[0]?.prompt_token_ids).toEqual(ids.slice(-2))
    expect(choices[0]?.text).toBe(text.decode(ids.slice(-2), { skipSpecialTokens: true }))
    expect(choices[0]?.text).not.toBe(given)
    expect(choices[1]?.prompt_token_ids).toEqual(text.encode('a').slice(-2))
  })

  test('truncates a chat, and keeps the header of the answer', async () => {
    const idsOf = async (body: object) => {
      const answer = z.object({ prompt_token_ids: z.array(z.int()) })
      return answer.parse(await (await post('chat/completions', { messages, ...body })).json()).prompt_token_ids
    }
    expect(await idsOf({ truncate_prompt_tokens: 6 })).toEqual((await idsOf({})).slice(-6))
  })

  test.each([
    ['completions', { prompt: Array(51).fill(7) }],
    ['completions', { prompt: 'alignment '.repeat(400) }],
    ['chat/completions', { messages: [{ role: 'user', content: 'alignment '.repeat(400) }] }],
  ])('applies before the length check of the prompt: %s', async (path, body) => {
    expect(await refusal(path, body)).toMatchObject({ status: 400, code: 'context_length_exceeded' })
    const answer = await post(path, { ...body, truncate_prompt_tokens: 50 })
    expect([answer.status, await answer.json()]).toMatchObject([200, { usage: { prompt_tokens: 50 } }])
    expect(await refusal(path, { ...body, truncate_prompt_tokens: 51 })).toMatchObject({
      code: 'context_length_exceeded',
    })
  })

  const content = 'a'.repeat(1_000_001)
  test.each([
    ['completions', { prompt: content }, 'characters'],
    ['completions', { prompt: Array(1_000_001).fill(7) }, 'tokens'],
    ['chat/completions', { messages: [{ role: 'user', content }] }, 'characters'],
  ])('refuses a prompt that is too long to read: %s', async (path, body, unit) => {
    const limits = { maxPromptTokens: 50, maxBodyBytes: 3_000_000, requestTimeoutMs: 10_000, receiveTimeoutMs: 5_000 }
    const asked = { ...shared, ...body, truncate_prompt_tokens: 5 }
    const response = await postJson(gateway.app({ limits }), `/v1/${path}`, asked)
    const { message, code } = errorSchema.parse(await response.json()).error
    expect([response.status, code]).toEqual([400, 'context_length_exceeded'])
    expect(message).toContain(`has 1000001 ${unit}: at most 1000000 are read before truncation`)
  })

  test.each([0, -2, 1.5, '3'])('%j is refused', async (truncate_prompt_tokens) => {
    for (const path of ['completions', 'chat/completions'])
      expect(await refusal(path, { truncate_prompt_tokens })).toMatchObject({
        status: 400,
        param: 'truncate_prompt_tokens',
      })
  })

  test('supports only truncation from the left', async () => {
    expect((await post('completions', { prompt, truncation_side: 'left' })).status).toBe(200)
    expect(await refusal('completions', { truncation_side: 'right' })).toMatchObject({ param: 'truncation_side' })
  })
})

type Entry = { readonly logprob: number; readonly rank: number | null; readonly decoded_token: string }

/** vLLM's `prompt_logprobs` by its definition, over the toy's distribution. */
function expectedOf(ids: readonly number[], count: number): (Record<string, Entry> | null)[] {
  return ids.map((id, i) => {
    if (i === 0) return null
    const row = gateway.dpo.logProbabilities(ids.slice(0, i))
    const best = [...row.keys()].sort((a, b) => (row[b] ?? 0) - (row[a] ?? 0) || a - b).slice(0, count)
    const listed = best.includes(id) ? best : [id, ...best]
    const entry = (one: number): Entry => ({
      logprob: expect.closeTo(row[one] ?? Number.NaN, 4) as number,
      rank: best.includes(one) ? best.indexOf(one) + 1 : null,
      decoded_token: gateway.pair.text.tokenText(one),
    })
    return Object.fromEntries(listed.map((one) => [one, entry(one)]))
  })
}
const bestAfter = (ids: readonly number[]) => {
  const row = gateway.dpo.logProbabilities(ids)
  return row.indexOf(Math.max(...row))
}

describe('prompt_logprobs', () => {
  test.each([0, 1, 5])(
    '%i: lists each token of each prompt and the most likely ones, by the DPO model',
    async (prompt_logprobs) => {
      const likely = [4, 388, bestAfter([4, 388])]
      const { choices } = await complete({ prompt: [prompt, likely], prompt_logprobs })
      expect(choices.map((choice) => choice.prompt_logprobs)).toEqual([
        expectedOf(prompt, prompt_logprobs),
        expectedOf(likely, prompt_logprobs),
      ])
      const rank = prompt_logprobs === 0 ? null : 1
      expect(choices[1]?.prompt_logprobs?.[2]).toMatchObject({ [likely[2] ?? -1]: { rank } })
    },
  )

  test('equal the definition for any prompt', async () => {
    const prompts = fc.array(fc.integer({ min: 3, max: 511 }), { minLength: 1, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(prompts, fc.integer({ min: 0, max: 5 }), async (ids, count) => {
        const { choices } = await complete({ prompt: ids, prompt_logprobs: count, max_tokens: 1 })
        expect(choices[0]?.prompt_logprobs).toEqual(expectedOf(ids, count))
      }),
      { numRuns: 20 },
    )
  })

  test.each(['aad', 'greedy-sft', 'aad-beam', 'random-of-n'])('changes no token of %s', async (strategy) => {
    const ofDpo = { strategy, logprobs_of: 'dpo' }
    const decoding = strategy === 'random-of-n' ? { ...ofDpo, seed: 5 } : ofDpo
    const [asked, plain] = [await complete({ decoding, prompt_logprobs: 2 }), await complete({ decoding })]
    expect(asked.choices[0]?.prompt_logprobs).toEqual(expectedOf(prompt, 2))
    expect(asked.choices[0]?.token_ids).toEqual(plain.choices[0]?.token_ids)
    expect(plain.choices[0]).not.toHaveProperty('prompt_logprobs')
  })

  test.each([
    [{ prompt_logprobs: 3 }, {}],
    [{ prompt_logprobs: 3, logprobs: 1 }, { logprobs: 1 }],
    [
      { prompt_logprobs: 3, logprobs: 1, echo: true },
      { logprobs: 1, echo: true },
    ],
    [
      { prompt_logprobs: 0, logprobs: 2, echo: true },
      { logprobs: 2, echo: true },
    ],
    [{ prompt_logprobs: 1, echo: true }, { echo: true }],
  ])('%j changes nothing else in the answer', async (body, without) => {
    const [{ choices: asked }, { choices: plain }] = [await complete(body), await complete(without)]
    expect(asked.map((choice) => ({ ...choice, prompt_logprobs: undefined }))).toEqual(plain)
    expect(asked[0]?.prompt_logprobs).toEqual(expectedOf(prompt, body.prompt_logprobs))
  })

  test('of a chat is next to its choices, with -9999 for any lower value', async () => {
    const answer = z.object({ prompt_token_ids: z.array(z.int()), prompt_logprobs: z.array(z.unknown()) })
    const ask = async () =>
      answer.parse(await (await post('chat/completions', { messages, prompt_logprobs: 2 })).json())
    const found = await ask()
    expect(found.prompt_logprobs).toEqual(expectedOf(found.prompt_token_ids, 2))
    const [, second = -1] = found.prompt_token_ids
    gateway.dpo.impossibleToken = second
    const without = await ask()
    gateway.dpo.impossibleToken = undefined
    expect(without.prompt_logprobs[1]).toMatchObject({ [second]: { logprob: -9999 } })
  })

  test('decoded_token is always text, even if other fields use token ids', async () => {
    const { choices } = await complete({ prompt_logprobs: 1, logprobs: 0, return_tokens_as_token_ids: true })
    expect(choices[0]?.prompt_logprobs).toEqual(expectedOf(prompt, 1))
    expect(choices[0]?.logprobs?.tokens[0]).toMatch(/^token_id:/)
  })

  test.each([
    { prompt_logprobs: 1, stream: true },
    { prompt_logprobs: requestLimits.promptLogprobs + 1 },
    { prompt_logprobs: -1 },
  ])('%j is refused', async (body) => {
    for (const path of ['completions', 'chat/completions'])
      expect(await refusal(path, body)).toMatchObject({ status: 400, param: 'prompt_logprobs' })
  })
})
