import { afterAll, beforeAll, expect, test } from 'vitest'
import { strategyNames } from '../decode/strategies/index.js'
import { startToyGateway, type ToyGateway } from '../testing/toy-gateway.js'
import { ToyReward } from '../testing/toy-reward.js'
import { openToyReward } from '../testing/toy-sets.js'
import { version } from '../version.js'

let gateway: ToyGateway
beforeAll(async () => {
  gateway = await startToyGateway({
    prepare: ({ sft }) => Object.assign(sft.model, { adapter: 'tuned', adapterScale: 0.4, precision: 'int8' }),
    otherNames: ['amateur'],
  })
})
afterAll(() => gateway.stop())

test('/version returns the version of the package', async () => {
  expect(version).toMatch(/^\d+\.\d+\.\d+/)
  const response = await gateway.app().request('/version')
  expect([response.status, await response.json()]).toEqual([200, { version }])
})

test('/info lists the models, the strategies and the limits', async () => {
  const toy = new ToyReward()
  const reward = await openToyReward('picker', await toy.start())
  const app = gateway.app({ rewards: new Map([['picker', reward]]) })
  const info = (await (await app.request('/info')).json()) as Record<string, unknown>
  reward.replicas.close()
  toy.kill()
  const model = {
    role: 'toy',
    id: 'toy',
    version: 'a'.repeat(64),
    precision: 'fp32',
    adapter: null,
    adapter_scale: null,
    context_tokens: 64,
    vocabulary_size: 512,
    max_sessions: null,
    engine: 'toy',
    replicas: { connecting: 0, ready: 1, draining: 0, ejected: 0, refused: 0 },
  }
  expect(info).toMatchObject({
    version,
    pair: 'toy',
    models: [
      { ...model, name: 'dpo' },
      { ...model, name: 'sft', adapter: 'tuned', adapter_scale: 0.4, precision: 'int8' },
      { ...model, name: 'amateur' },
    ],
    reward_models: [{ name: 'picker', role: 'reward', id: 'toy-reward', version: 'd'.repeat(64), context_tokens: 64 }],
    limits: {
      context_tokens: 64,
      vocabulary_size: 512,
      prompt_tokens: 50,
      body_bytes: 100_000,
      request_timeout_ms: 600_000,
      receive_timeout_ms: 60_000,
      concurrent_requests: 4,
      waiting_requests: 4,
      prompts: 64,
      messages: 2048,
      n: 16,
      stop: 16,
      stop_characters: 1024,
      stop_token_ids: 256,
      logit_bias: 1024,
      top_logprobs: 20,
      completion_logprobs: 5,
      prompt_logprobs: 5,
      cache_salt_characters: 1024,
    },
  })
  expect(info.default_strategy).toBe('aad')
  const strategies = info.strategies as { name: string; model_id: string | null }[]
  expect(strategies.map(({ name }) => name)).toEqual(strategyNames)
  expect(strategies[0]).toEqual({
    name: 'aad',
    model_id: 'toy/aad',
    parameters: ['alpha', 'temperature', 'seed'],
    defaults: { alpha: 0.1, temperature: 0 },
  })
  expect(strategies.find(({ name }) => name === 'formula')?.model_id).toBeNull()
  expect(info.model_ids).toEqual(['toy', ...strategies.flatMap(({ model_id }) => model_id ?? [])])
  expect(info.model_ids).toContain('toy/best-of-n')
  expect(JSON.stringify(info)).not.toMatch(/127\.0\.0\.1/)
})

test('without a reward model best-of-n is not listed, and its error says that one is missing', async () => {
  const app = gateway.app()
  const get = async (path: string) => (await (await app.request(path)).json()) as Record<string, unknown>
  const { data } = (await get('/v1/models')) as { data: { id: string }[] }
  const { model_ids, strategies } = (await get('/info')) as { model_ids: string[]; strategies: object[] }
  expect(data.map(({ id }) => id)).toEqual(model_ids)
  expect(model_ids).not.toContain('toy/best-of-n')
  expect(strategies).toContainEqual(expect.objectContaining({ name: 'best-of-n', model_id: null }))
  expect((await app.request('/v1/models/toy%2Fbest-of-n')).status).toBe(404)
  const body = { model: 'toy/best-of-n', messages: [{ role: 'user', content: 'a' }] }
  const answer = await gateway.post('/v1/chat/completions', body)
  expect([answer.status, await answer.json()]).toMatchObject([400, { error: { param: 'decoding.reward' } }])
})

test('/health shows by its status whether every service answers', async () => {
  const healthy = await gateway.app().request('/health')
  expect([healthy.status, await healthy.text()]).toEqual([200, ''])
  const ill = await gateway.app({ stage: { current: 'leaving' } }).request('/health')
  expect([ill.status, await ill.text(), ill.headers.get('retry-after')]).toEqual([503, '', '1'])
})
