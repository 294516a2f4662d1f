import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useFileCommand } from '../testing/file-command.js'
import { type SynthesizeOptions, synthesize } from './synthesize.js'

const command = useFileCommand(['Hi', 'Ho', 'Hi', 'refuse this'], ['picker'])

const fields = { pairs: 'preference' as const, kindField: 'kind', expectedField: 'expected' }
const run = (out: string, changes: Partial<SynthesizeOptions> = {}) =>
  synthesize(command.prompts, { ...command.base(out), ...fields, ...changes }, command.context)

it('writes the pairs, and says what became of the prompts', async () => {
  await run('a.jsonl', { maxTokens: 9, body: { stop: ['x'] }, pair: 'mine' })
  expect(command.gateway.received.find(({ path }) => path !== '/v1/score')?.body).toMatchObject({
    ...{ model: 'mine', max_tokens: 9, stop: ['x'], return_token_ids: true },
    decoding: { strategy: 'aad' },
  })
  expect((await readFile(join(command.folder, 'a.jsonl'), 'utf8')).split('\n')).toHaveLength(3)
  expect(command.words).toContain('a.jsonl, answers: 6/6 rows, ')
  expect(command.words).toContain('a.jsonl, scores: 4/4 rows\n')
  const counts = [
    `${join(command.folder, 'a.jsonl')}: 2 pairs of 4 prompts`,
    '  dropped, prompts that are in the file twice: 1',
    '  dropped, the gateway refused the prompt: 1',
  ]
  expect(command.words.endsWith(`${counts.join('\n')}\n`)).toBe(true)
})

it('asks for the samples of adherence pairs', async () => {
  const before = command.gateway.received.length
  await run('b.jsonl', { pairs: 'adherence', samples: 4 })
  const asked = command.gateway.received.slice(before)
  expect(asked).toHaveLength(12)
  expect(asked[0]?.body.decoding).toEqual({ strategy: 'sample', model: 'sft', top_p: 0.9, top_k: 64 })
  expect(command.words).toContain('dropped, prompts without a good sample: ')
})

it.each<[Partial<SynthesizeOptions>, string]>([
  [{ samples: 3 }, '--samples is only for --pairs adherence: use "best-of-n n=8"'],
  [{ pairsPerPrompt: 3 }, '--pairs-per-prompt is only for --pairs adherence'],
  [{ failedPairsPerPrompt: 1 }, '--failed-pairs-per-prompt is only for --pairs adherence'],
  [{ rejected: 'aad' }, 'chosen and rejected are both aad: every pair would be identical'],
  [{ pairs: 'adherence', chosen: 'aad' }, 'adherence pairs are made of samples, and aad gives one answer'],
  [{ body: { n: 2 } }, 'n cannot be set for a batch'],
])('refuses %j before anything starts', async (changes, message) => {
  await expect(run('refused.jsonl', { ...changes, url: 'http://127.0.0.1:1' })).rejects.toThrow(message)
  expect(command.words).toBe('')
})
