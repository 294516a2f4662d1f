import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { strategyNames } from '../decode/strategies/index.js'
import { holdSteps } from '../testing/hold-answers.js'
import { readEvents, startToyGateway, type ToyGateway } from '../testing/toy-gateway.js'

let gateway: ToyGateway
beforeAll(async () => {
  gateway = await startToyGateway()
})
afterAll(() => gateway.stop())
beforeEach(() => {
  gateway.dpo.steps = []
  gateway.sft.steps = []
})

const prompt = [4, 388, 365]
const completion = (body: object) => gateway.post('/v1/completions', { model: 'toy', prompt, ...body })
const jsonOf = async (response: Promise<Response>): Promise<Record<string, unknown>> =>
  (await (await response).json()) as Record<string, unknown>
const choiceOf = (body: Record<string, unknown>) => (body.choices as Record<string, unknown>[])[0] ?? {}
const idsOf = (body: Record<string, unknown>) => choiceOf(body).token_ids as number[]
const greedy = (values: Float64Array) => values.indexOf(Math.max(...values))

/** AAD by its definition, over the toy distributions. */
function oracle(count: number, alpha: number): number[] {
  const ids = [...prompt]
  for (let i = 0; i < count; i++) {
    const dpo = gateway.dpo.logProbabilities(ids)
    const sft = gateway.sft.logProbabilities(ids)
    const least = Math.max(...dpo) + Math.log(alpha)
    ids.push(greedy(dpo.map((value, id) => (value >= least ? value - (sft[id] ?? 0) : Number.NEGATIVE_INFINITY))))
  }
  return ids.slice(prompt.length)
}

describe('decoding', () => {
  test('aad by its definition, at several alphas, streamed or not', async () => {
    for (const alpha of [0.01, 0.1, 1]) {
      const body = { max_tokens: 12, ignore_eos: true, return_token_ids: true, decoding: { alpha } }
      const whole = await jsonOf(completion(body))
      expect(idsOf(whole)).toEqual(oracle(12, alpha))
      expect(whole.decoding).toEqual({
        strategy: 'aad',
        alpha,
        temperature: 0,
        detail: false,
        path: 'auto',
        ignored: [],
      })
      const events = (await readEvents(await completion({ ...body, stream: true }))) as Record<string, unknown>[]
      const choices = events.map(choiceOf)
      expect(choices.flatMap((choice) => choice.token_ids ?? [])).toEqual(idsOf(whole))
      expect(choices.map((choice) => choice.text).join('')).toBe(choiceOf(whole).text)
    }
  })

  test('greedy reads only one model', async () => {
    const body = await jsonOf(completion({ model: 'toy/greedy-sft', max_tokens: 1, return_token_ids: true }))
    expect(idsOf(body)).toEqual([greedy(gateway.sft.logProbabilities(prompt))])
    expect(gateway.dpo.steps).toEqual([])
  })

  test('detail has both log-probabilities, the advantage and the candidates', async () => {
    const body = await jsonOf(
      completion({ max_tokens: 1, return_token_ids: true, decoding: { alpha: 0.2, detail: true } }),
    )
    const [detail] = choiceOf(body).decoding_detail as Record<string, unknown>[]
    const dpo = gateway.dpo.logProbabilities(prompt)
    const sft = gateway.sft.logProbabilities(prompt)
    const [id = -1] = idsOf(body)
    const count = dpo.filter((value) => value >= Math.max(...dpo) + Math.log(0.2)).length
    expect(detail).toMatchObject({ token_id: id, candidate_count: count })
    expect(detail?.advantage).toBeCloseTo((dpo[id] ?? 0) - (sft[id] ?? 0), 5)
    expect(detail?.candidates).toMatchObject({ 0: { token_id: id, advantage: detail?.advantage } })
  })

  test('detail has no candidates without V_alpha, and the best 256 of a large V_alpha, marked as truncated', async () => {
    const detailOf = async (model: string, decoding: object) => {
      const body = await jsonOf(completion({ model, max_tokens: 1, decoding: { ...decoding, detail: true } }))
      return (choiceOf(body).decoding_detail as Record<string, unknown>[])[0]
    }
    const none = { candidate_count: null, candidates: [], candidates_truncated: false }
    expect(await detailOf('toy/greedy-dpo', {})).toMatchObject(none)
    expect(await detailOf('toy/greedy-sft', {})).toMatchObject(none)
    const all = await detailOf('toy', { alpha: 1e-30 })
    expect(all).toMatchObject({ candidate_count: 512, candidates_truncated: true })
    expect(all?.candidates).toHaveLength(256)
    expect(await detailOf('toy', { alpha: 1 })).toMatchObject({ candidate_count: 1, candidates_truncated: false })
  })

  test('echo returns the prompt with its log-probabilities, the first one null', async () => {
    const body = await jsonOf(completion({ max_tokens: 0, echo: true, logprobs: 1 }))
    const { token_logprobs } = choiceOf(body).logprobs as { token_logprobs: (number | null)[] }
    expect(token_logprobs[0]).toBeNull()
    expect(token_logprobs[2]).toBeCloseTo(gateway.dpo.logProbabilities(prompt.slice(0, 2))[365] ?? 0, 5)
    expect(body.usage).toEqual({ prompt_tokens: 3, completion_tokens: 0, total_tokens: 3 })
  })

  test('echo changes no token, and min_tokens bans only end tokens', async () => {
    const plain = idsOf(await jsonOf(completion({ max_tokens: 6, ignore_eos: true, return_token_ids: true })))
    const body = { max_tokens: 6, ignore_eos: true, return_token_ids: true, echo: true, logprobs: 0 }
    expect(idsOf(await jsonOf(completion(body)))).toEqual(plain)
    const [first = -1] = plain
    const stopped = await jsonOf(completion({ max_tokens: 6, stop_token_ids: [first], return_token_ids: true }))
    expect(choiceOf(stopped)).toMatchObject({ finish_reason: 'stop', stop_reason: first, token_ids: [first], text: '' })
    const least = { max_tokens: 6, min_tokens: 3, stop_token_ids: [first], return_token_ids: true }
    const kept = idsOf(await jsonOf(completion(least)))
    expect(kept.length).toBeGreaterThanOrEqual(3)
    expect(kept.slice(0, 3)).not.toContain(first)
  })

  test('a seed gives the same tokens again; without one the answer reports the random seed', async () => {
    const request = { model: 'toy/sample', max_tokens: 8, ignore_eos: true, return_token_ids: true, top_p: 0.9 }
    const first = await jsonOf(completion(request))
    const { seed } = first.decoding as { seed: number }
    expect(first.decoding).toMatchObject({ strategy: 'sample', top_p: 0.9, temperature: 1, model: 'dpo', ignored: [] })
    expect(idsOf(await jsonOf(completion({ ...request, seed })))).toEqual(idsOf(first))
  })

  test('a service that lost the session receives the tokens again, and no token changes', async () => {
    let count = 0
    gateway.sft.beforeStep = () => {
      if (++count === 5) gateway.sft.sessions.clear()
    }
    const body = await jsonOf(completion({ max_tokens: 8, ignore_eos: true, return_token_ids: true }))
    gateway.sft.beforeStep = () => undefined
    expect(idsOf(body)).toEqual(oracle(8, 0.1))
    expect(gateway.sft.steps.filter((step) => step.position === 0).length).toBe(2)
  })
})

test('additional models work by name; an unknown one is refused with a list of the known ones', async () => {
  const three = await startToyGateway({ otherNames: ['amateur'] })
  onTestFinished(() => three.stop())
  const answer = (model: string) =>
    three.post('/v1/completions', {
      model: 'toy',
      prompt,
      max_tokens: 1,
      return_token_ids: true,
      decoding: { strategy: 'sample', model, temperature: 0 },
    })
  const amateur = three.others.amateur?.logProbabilities(prompt) ?? new Float64Array()
  expect(idsOf(await jsonOf(answer('amateur')))).toEqual([greedy(amateur)])
  expect([three.dpo.steps, three.sft.steps]).toEqual([[], []])
  const refused = await answer('expert')
  expect([refused.status, await refused.json()]).toMatchObject([
    400,
    { error: { message: 'decoding.model: this server has no model "expert"; expected one of: dpo, sft, amateur' } },
  ])
  three.others.amateur?.kill()
  await expect.poll(async () => (await three.app().request('/readyz')).status).toBe(503)
})

test('lists the pair first, then the strategies in the order of the README', async () => {
  const { data } = await jsonOf(Promise.resolve(gateway.app().request('/v1/models')))
  const names = ['toy', ...strategyNames.filter((name) => name !== 'formula').map((name) => `toy/${name}`)]
  expect((data as { id: string }[]).map(({ id }) => id)).toEqual(names.filter((name) => name !== 'toy/best-of-n'))
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8')
  const listed = names.slice(1).map((name) => `\`${name.replace('toy', 'smollm2-135m-adherence')}\``)
  expect(readme.replaceAll(/\s+/g, ' ')).toContain(listed.join(', '))
})

describe('sessions', () => {
  const noneLeft = () =>
    expect.poll(() => [gateway.dpo.sessions.size, gateway.sft.sessions.size], { interval: 10 }).toEqual([0, 0])

  test('close on both services when an answer ends', async () => {
    await jsonOf(completion({ max_tokens: 2 }))
    await noneLeft()
  })

  test('close when the reader of a stream disconnects', async () => {
    gateway.dpo.beforeStep = () => delay(50)
    const response = await completion({ max_tokens: 60, ignore_eos: true, stream: true })
    const reader = response.body?.getReader()
    await reader?.read()
    await reader?.cancel()
    gateway.dpo.beforeStep = () => undefined
    await noneLeft()
    expect(gateway.dpo.steps.length).toBeLessThan(55)
  })

  test('close when a client disconnects before the first token', async () => {
    const client = new AbortController()
    const held = holdSteps(gateway.dpo)
    const answer = gateway.post('/v1/completions', { model: 'toy', prompt }, { signal: client.signal })
    await expect.poll(() => held.count).toBeGreaterThan(0)
    client.abort()
    expect((await answer).status).toBe(499)
    await noneLeft()
  })
})
