import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FakeGateway, startFakeGateway } from '@tandem/evaluation/testing'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createTestContext } from '../testing/test-context.js'
import { type SynthesizeOptions, synthesize } from './synthesize.js'

let folder: string
let prompts: string
let gateway: FakeGateway
let words: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-synthesize-'))
  prompts = join(folder, 'prompts.txt')
  await writeFile(prompts, 'Hi\nHo\nHi\nrefuse this\n')
  gateway = await startFakeGateway({ rewardModels: ['picker'] })
})
afterAll(async () => {
  await gateway.stop()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(() => {
  words = ''
})

const run = (out: string, changes: Partial<SynthesizeOptions> = {}) => {
  const fields = { pairs: 'preference' as const, kindField: 'kind', expectedField: 'expected' }
  const base = { out: join(folder, out), url: gateway.url, apiKeys: [], seed: 0, retryFor: 0, timeout: 60 }
  const context = createTestContext(folder, (text) => {
    words += text
  })
  return synthesize(prompts, { ...base, ...fields, ...changes }, context)
}

it('writes the pairs, and says what became of the prompts', async () => {
  await run('a.jsonl', { maxTokens: 9, body: { stop: ['x'] }, pair: 'mine' })
  expect(gateway.received.find(({ path }) => path !== '/v1/score')?.body).toMatchObject({
    ...{ model: 'mine', max_tokens: 9, stop: ['x'], return_token_ids: true },
    decoding: { strategy: 'aad' },
  })
  expect((await readFile(join(folder, 'a.jsonl'), 'utf8')).split('\n')).toHaveLength(3)
  expect(words).toContain('a.jsonl, answers: 6/6 rows, ')
  expect(words).toContain('a.jsonl, scores: 4/4 rows\n')
  const counts = [
    `${join(folder, 'a.jsonl')}: 2 pairs of 4 prompts`,
    '  dropped, prompts that are in the file twice: 1',
    '  dropped, the gateway refused the prompt: 1',
  ]
  expect(words.endsWith(`${counts.join('\n')}\n`)).toBe(true)
})

it('asks for the samples of adherence pairs', async () => {
  const before = gateway.received.length
  await run('b.jsonl', { pairs: 'adherence', samples: 4 })
  const asked = gateway.received.slice(before)
  expect(asked).toHaveLength(12)
  expect(asked[0]?.body.decoding).toEqual({ strategy: 'sample', model: 'sft', top_p: 0.9, top_k: 64 })
  expect(words).toContain('dropped, prompts without a good sample: ')
})

it.each<[Partial<SynthesizeOptions>, string]>([
  [{ samples: 3 }, '--samples is only for --pairs adherence: use "best-of-n n=8"'],
  [{ pairsPerPrompt: 3 }, '--pairs-per-prompt is only for --pairs adherence'],
  [{ rejected: 'aad' }, 'chosen and rejected are both aad: every pair would be identical'],
  [{ pairs: 'adherence', chosen: 'aad' }, 'adherence pairs are made of samples, and aad gives one answer'],
  [{ body: { n: 2 } }, 'n cannot be set for a batch'],
])('refuses %j before anything starts', async (changes, message) => {
  await expect(run('refused.jsonl', { ...changes, url: 'http://127.0.0.1:1' })).rejects.toThrow(message)
  expect(words).toBe('')
})
