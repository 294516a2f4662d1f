import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startToyGateway, type ToyGateway } from '../testing/toy-gateway.js'
import type { ToyService } from '../testing/toy-service.js'

let gateway: ToyGateway
beforeAll(async () => {
  gateway = await startToyGateway({ otherNames: ['amateur', 'base'] })
})
afterAll(() => gateway.stop())
const services = (): Readonly<Record<string, ToyService>> => ({ dpo: gateway.dpo, sft: gateway.sft, ...gateway.others })
beforeEach(() => {
  for (const service of Object.values(services())) service.steps = []
})

const prompt = [4, 388, 365]
const request = { model: 'toy', prompt, max_tokens: 8, ignore_eos: true, return_token_ids: true }
async function tokensOf(decoding: object, more: object = {}): Promise<readonly number[]> {
  const response = await gateway.post('/v1/completions', { ...request, ...more, decoding })
  const body = (await response.json()) as { choices?: { token_ids: number[] }[] }
  if (!body.choices) throw new Error(JSON.stringify(body))
  return body.choices[0]?.token_ids ?? []
}
const formula = (text: string, more: object = {}) => ({ strategy: 'formula', formula: text, ...more })

describe('a formula gives the tokens of', () => {
  const filter = { on: 'dpo', alpha: 0.1 }
  test.each([
    ['aad', { strategy: 'aad' }, formula('dpo - sft', { filter })],
    ['aad, on the plain path', { strategy: 'aad' }, formula('dpo - sft', { filter, path: 'plain' })],
    ['eft', { strategy: 'eft' }, formula('sft + 4*(dpo - sft)')],
    ['eft of a third model', { strategy: 'eft', base: 'base', beta: 2 }, formula('base + 2*(dpo - sft)')],
    ['contrastive', { strategy: 'contrastive', amateur: 'amateur' }, formula('dpo - amateur', { filter })],
    ['greedy-sft', { strategy: 'greedy-sft' }, formula('sft')],
    ['sample', { strategy: 'sample', seed: 7, top_p: 0.8 }, formula('dpo', { select: 'sample', seed: 7, top_p: 0.8 })],
    [
      'eft at a temperature',
      { strategy: 'eft', seed: 7, temperature: 0.7 },
      formula('sft + 4*(dpo - sft)', { select: 'sample', seed: 7, temperature: 0.7 }),
    ],
    [
      'aad at a temperature',
      { strategy: 'aad', seed: 7, temperature: 0.7, alpha: 0.05 },
      formula('dpo - sft', { select: 'sample', seed: 7, temperature: 0.7, filter: { alpha: 0.05 } }),
    ],
  ])('%s', async (_, strategy, written) => expect(await tokensOf(written)).toEqual(await tokensOf(strategy)))
})

/** Greedy decoding of a sum of the toy distributions. */
function greedyBy(score: (at: (name: string) => number) => number): number[] {
  const ids = [...prompt]
  for (let i = 0; i < request.max_tokens; i++) {
    const all = Object.entries(services())
    const models = new Map(all.map(([name, service]) => [name, service.logProbabilities(ids)]))
    const scores = gateway.dpo
      .logProbabilities(ids)
      .map((_, id) => score((name) => models.get(name)?.[id] ?? Number.NaN))
    ids.push(scores.indexOf(Math.max(...scores)))
  }
  return ids.slice(prompt.length)
}

describe('published methods', () => {
  test('decoding-time realignment (Liu et al., 2024d): any strength of the alignment, below and above that of the training', async () => {
    for (const lambda of [0.5, 2]) {
      const expected = greedyBy((at) => at('sft') + lambda * (at('dpo') - at('sft')))
      expect(await tokensOf(formula(`sft + ${lambda}*(dpo - sft)`))).toEqual(expected)
    }
  })

  test('proxy-tuning (Liu et al., 2024a): adds the tuning difference of a small model to a large one', async () => {
    const expected = greedyBy((at) => at('base') + at('dpo') - at('sft'))
    expect(await tokensOf(formula('base + dpo - sft'))).toEqual(expected)
  })

  test('four models at once', async () => {
    const expected = greedyBy(
      (at) => at('dpo') + 1.5 * (at('dpo') - at('sft')) - 0.3 * at('amateur') + 0.1 * at('base'),
    )
    expect(await tokensOf(formula('dpo + 1.5*(dpo - sft) - 0.3*amateur + 0.1*base'))).toEqual(expected)
  })
})

describe('over the wire', () => {
  const readouts = (name: string) => [
    ...new Set(services()[name]?.steps.flatMap((step) => step.readouts.map(({ kind }) => kind))),
  ]

  test('a filter sends candidates and gathers; models outside the formula are not called', async () => {
    await tokensOf(formula('2*dpo - sft - amateur', { filter: { alpha: 0.1 } }))
    expect(['dpo', 'sft', 'amateur', 'base'].map(readouts)).toEqual([['candidates'], ['gather'], ['gather'], []])
  })

  test('without a filter, each step reads full rows', async () => {
    await tokensOf(formula('amateur - sft'))
    expect(['amateur', 'sft', 'dpo', 'base'].map(readouts)).toEqual([['full'], ['full'], [], []])
    expect(gateway.sft.steps).toHaveLength(request.max_tokens)
  })
})

test('the temperature can come from the top level; with argmax it is reported as ignored', async () => {
  const echoOf = async (decoding: object) => {
    const body = { ...request, temperature: 0.5, top_p: 0.9, seed: 3, decoding }
    return ((await (await gateway.post('/v1/completions', body)).json()) as { decoding: object }).decoding
  }
  const common = { strategy: 'formula', formula: 'dpo', filter: null, detail: false, path: 'auto' }
  expect(await echoOf(formula('dpo'))).toEqual({
    ...common,
    select: 'argmax',
    ignored: ['temperature', 'top_p', 'seed'],
  })
  const sampled = { select: 'sample', temperature: 0.5, top_p: 0.9, top_k: 0, min_p: 0, seed: 3 }
  expect(await echoOf(formula('dpo', { select: 'sample' }))).toEqual({ ...common, ...sampled, ignored: [] })
  const inside = { temperature: 0.7, top_k: 5 }
  expect(await echoOf(formula('dpo', inside))).toMatchObject({ ignored: ['temperature', 'top_p', 'top_k', 'seed'] })
})

test('refuses a request for which no token has a finite score, streamed or not', async () => {
  const body = { ...request, decoding: formula('log(dpo)') }
  const message =
    'decoding.formula: the formula gives no finite score at answer token 1: change the formula or add a filter'
  const refused = await gateway.post('/v1/completions', body)
  expect([refused.status, await refused.json()]).toMatchObject([400, { error: { message, param: 'decoding.formula' } }])
  const streamed = await (await gateway.post('/v1/completions', { ...body, stream: true })).text()
  expect(streamed).toContain(message)
})
