import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readEvents, startToyGateway, type ToyGateway } from '../testing/toy-gateway.js'

/**
 * Whose log-probabilities an answer has: those of the model that its name means, or that it names.
 */

let gateway: ToyGateway
beforeAll(async () => {
  gateway = await startToyGateway({ otherNames: ['amateur'] })
})
afterAll(() => gateway.stop())
beforeEach(() => {
  for (const service of [gateway.dpo, gateway.sft]) service.steps = []
})

type Logprobs = {
  readonly token_logprobs: readonly (number | null)[]
  readonly top_logprobs: readonly (Readonly<Record<string, number>> | null)[]
}
interface Body {
  readonly choices: readonly {
    readonly token_ids: readonly number[]
    readonly logprobs: Logprobs
    readonly prompt_logprobs?: readonly (Readonly<Record<string, { logprob: number }>> | null)[]
  }[]
  readonly decoding: Readonly<Record<string, unknown>>
}

const prompt = [4, 388, 365]
const base = { prompt, max_tokens: 4, ignore_eos: true, return_token_ids: true, echo: true, logprobs: 2 }
const post = (body: object) => gateway.post('/v1/completions', { model: 'toy', ...base, ...body })
const ask = async (body: object) => (await (await post(body)).json()) as Body
const modelOf = (name: string) =>
  name === 'dpo' || name === 'sft' ? gateway[name] : (gateway.others[name] as ToyGateway['dpo'])

/** Asserts that the prompt and the answer have a model's log-probabilities, and its top two. */
function expectScoresOf(name: string, { token_ids: answer, logprobs }: Body['choices'][number]): void {
  const ids = [...prompt, ...answer]
  expect(logprobs.token_logprobs).toHaveLength(ids.length)
  expect([logprobs.token_logprobs[0], logprobs.top_logprobs[0]]).toEqual([null, null])
  for (let at = 1; at < ids.length; at++) {
    const expected = modelOf(name).logProbabilities(ids.slice(0, at))
    expect(logprobs.token_logprobs[at]).toBeCloseTo(expected[ids[at] ?? -1] ?? Number.NaN, 4)
    const best = Math.max(...Object.values(logprobs.top_logprobs[at] ?? {}))
    expect(best).toBeCloseTo(Math.max(...expected), 4)
  }
}

const byName = (model: string, decoding: object = {}) => ({ model, decoding })

describe('log-probabilities', () => {
  test.each([
    ['sft', byName('toy/greedy-sft')],
    ['dpo', byName('toy/greedy-dpo')],
    ['sft', byName('toy/sample', { model: 'sft' })],
    ['amateur', byName('toy/sample', { model: 'amateur' })],
    ['dpo', byName('toy/sample')],
    ['sft', byName('toy', { strategy: 'greedy-sft' })],
    ['dpo', byName('toy')],
    ['dpo', byName('toy/aad')],
    ['dpo', byName('toy/eft', { base: 'sft' })],
    ['dpo', byName('toy/contrastive', { expert: 'amateur' })],
    ['dpo', byName('toy/beam')],
    ['dpo', byName('toy/random-of-n')],
  ])('are those of %s for %j, streamed or not, in the prompt too', async (name, request) => {
    const seeded = { ...request, seed: 3, decoding: { ...request.decoding } }
    const whole = await ask(seeded)
    expectScoresOf(name, whole.choices[0] as Body['choices'][number])
    expect(whole.decoding.logprobs_of).toBe(name === 'dpo' ? undefined : name)
    const chunks = (await readEvents(await post({ ...seeded, stream: true }))) as Body[]
    const parts = chunks.flatMap(({ choices }) => choices)
    const joined = {
      token_ids: parts.flatMap(({ token_ids }) => token_ids ?? []),
      logprobs: {
        token_logprobs: parts.flatMap(({ logprobs }) => logprobs?.token_logprobs ?? []),
        top_logprobs: parts.flatMap(({ logprobs }) => logprobs?.top_logprobs ?? []),
      },
    }
    expectScoresOf(name, joined)
  })

  test('of a single model do not open the other one', async () => {
    await ask({ model: 'toy/greedy-sft' })
    expect(gateway.dpo.steps).toEqual([])
    gateway.sft.steps = []
    await ask({ model: 'toy/greedy-dpo' })
    expect(gateway.sft.steps).toEqual([])
  })

  test.each([
    {},
    { detail: true },
    { path: 'plain' },
    { strategy: 'greedy-dpo' },
    { strategy: 'greedy-sft', detail: true },
    { strategy: 'sample', seed: 1 },
    { strategy: 'formula', formula: 'dpo + 0.5*(dpo - sft)' },
    { strategy: 'beam', width: 3 },
    { strategy: 'aad-beam', width: 3, alpha: 0.05 },
    { strategy: 'random-of-n', n: 3, seed: 1 },
  ])('are those of the model that decoding.logprobs_of names, with the same tokens: %j', async (decoding) => {
    const usual = await ask({ decoding })
    for (const name of ['sft', 'dpo', 'amateur']) {
      const { choices, decoding: report } = await ask({ decoding: { ...decoding, logprobs_of: name } })
      expect(report.logprobs_of).toBe(name)
      expect(choices[0]?.token_ids).toEqual(usual.choices[0]?.token_ids)
      expectScoresOf(name, choices[0] as Body['choices'][number])
    }
  })

  test('prompt_logprobs and those of chats follow the same rule', async () => {
    const { choices } = await ask({ model: 'toy/greedy-sft', echo: false, prompt_logprobs: 0 })
    const expected = gateway.sft.logProbabilities(prompt.slice(0, 2))[365]
    expect(choices[0]?.prompt_logprobs?.[2]?.[365]?.logprob).toBeCloseTo(expected ?? Number.NaN, 4)
    const chat = { messages: [{ role: 'user', content: 'hi' }], max_tokens: 2, logprobs: true, return_token_ids: true }
    const scored = async (body: object) => {
      const response = await gateway.post('/v1/chat/completions', { ...chat, ...body })
      const { choices: found, prompt_token_ids: ids } = (await response.json()) as {
        choices: { token_ids: number[]; logprobs: { content: { logprob: number }[] } }[]
        prompt_token_ids: number[]
      }
      return { ids, id: found[0]?.token_ids[0] ?? -1, logprob: found[0]?.logprobs.content[0]?.logprob }
    }
    const byModel = await scored({ model: 'toy/greedy-sft' })
    expect(byModel.logprob).toBeCloseTo(gateway.sft.logProbabilities(byModel.ids)[byModel.id] ?? 0, 4)
    const named = await scored({ model: 'toy', decoding: { logprobs_of: 'sft' } })
    expect(named.logprob).toBeCloseTo(gateway.sft.logProbabilities(named.ids)[named.id] ?? 0, 4)
  })

  test.each([
    [{ decoding: { logprobs_of: 'teacher' } }, 'decoding.logprobs_of', 'expected one of: dpo, sft, amateur'],
    [{ decoding: { logprobs_of: 5 } }, 'decoding.logprobs_of', 'string'],
    [{ logprobs_of: 'sft' }, 'logprobs_of', 'write "decoding": {"logprobs_of": ...}'],
  ])('refuses %j', async (body, param, message) => {
    const response = await post(body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { param, message: expect.stringContaining(message) } })
  })
})
