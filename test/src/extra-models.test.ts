import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildModel } from '@tandem/models'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { fixturesFolder, type GoldenRow, readGoldenRows, tinyFolder } from './support/fixtures.js'
import { waitUntilGone } from './support/processes.js'
import { compare, complete } from './support/rest.js'
import { type Stack, startStack } from './support/stack.js'
import { startTandemUp, type TandemUp } from './support/tandem-up.js'

/** Accuracy of log p of this pair at fp32, in nats. */
const error = 1e-5
const jsonHeaders = { 'content-type': 'application/json' }
const scoresSchema = z.record(z.string(), z.array(z.object({ messages: z.array(z.unknown()), score: z.number() })))
const readScores = () => scoresSchema.parse(JSON.parse(readFileSync(rewardFolder('reference.json'), 'utf8')))
const rewardFolder = (name: string) => join(fixturesFolder, 'tiny-reward', name)
const lora = tinyFolder('llama-tied+lora')
const stopLimitMs = 60_000

let folder: string
let elsewhere: Stack
let up: TandemUp
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-extra-'))
  const [sft, dpo] = [join(folder, 'sft'), join(folder, 'dpo')]
  await buildModel({ source: tinyFolder('llama-tied'), out: sft, precision: 'fp32' })
  await buildModel({ source: tinyFolder('llama-tied'), adapter: lora, out: dpo, precision: 'fp32' })
  elsewhere = await startStack({ sft, dpo, pair: 'elsewhere' })
  const settings = `
sft: ${tinyFolder('llama-tied')}
dpo: grpc://${elsewhere.addresses.dpo}
name: tiny
models:
  amateur: ${tinyFolder('qwen2')}
  away: grpc://${elsewhere.addresses.sft}
rewards:
  picker: ${rewardFolder('base')}
  lora: { source: ${rewardFolder('base+lora')}, base: ${rewardFolder('base')} }
max_prompt_tokens: 100
port: 1
`
  await writeFile(join(folder, 'tandem.yaml'), settings)
  const args = ['--config', join(folder, 'tandem.yaml'), '--model', `copy=${lora}`]
  up = await startTandemUp(args, { TANDEM_HOME: join(folder, 'home'), TANDEM_MAX_PROMPT_TOKENS: '1' })
})
afterAll(async () => {
  const pids = up?.children().map(({ pid }) => pid) ?? []
  up?.process.kill('SIGINT')
  expect(await waitUntilGone(pids, stopLimitMs)).toEqual([])
  await elsewhere?.stop()
  await rm(folder, { recursive: true, force: true })
})

const ask = (row: GoldenRow, decoding: object) =>
  complete(up.url, '/v1/completions', { model: up.model, max_tokens: row.max_tokens, prompt: row.prompt_ids, decoding })

test('runs the models of the file and of the command line, and no others', () => {
  expect(up.model).toBe('tiny')
  expect(up.children()).toHaveLength(6)
})

test('contrastive decoding uses an amateur from the file', async () => {
  for (const row of readGoldenRows('tiny-pair.jsonl', ['contrastive'])) {
    const decoding = { strategy: 'contrastive', amateur: 'amateur', ...row.params }
    expect(compare(row, await ask(row, decoding), error)).toBe('equal')
  }
})

test.each([
  ['base', 'picker'],
  ['base', undefined],
  ['base+lora', 'lora'],
])('the reward model %s of the file scores as %s', async (reference, model) => {
  const rows = readScores()[reference] ?? []
  const body = JSON.stringify({ model, conversations: rows.map(({ messages }) => messages) })
  const response = await fetch(`${up.url}/v1/score`, { method: 'POST', headers: jsonHeaders, body })
  const { data } = z.object({ data: z.array(z.object({ score: z.number() })) }).parse(await response.json())
  expect(data).toHaveLength(rows.length)
  for (const [i, { score }] of data.entries()) expect(score).toBeCloseTo(rows[i]?.score ?? Number.NaN, 4)
})

test.each([
  ['an adapter for the SFT model from the command line', 'copy', 'greedy-dpo'],
  ['an external service from the file', 'away', 'greedy-sft'],
  ['a pair of a local model and an external service', 'dpo', 'greedy-dpo'],
])('%s answers', async (_name, model, method) => {
  for (const row of readGoldenRows('tiny-pair.jsonl', [method]))
    expect(compare(row, await ask(row, { strategy: 'sample', model, temperature: 0 }), error)).toBe('equal')
})

test('the pair decodes by AAD, and an unknown model is refused with the list of models', async () => {
  const rows = readGoldenRows('tiny-pair.jsonl', ['aad'])
  for (const row of rows) expect(compare(row, await ask(row, { strategy: 'aad', ...row.params }), error)).toBe('equal')
  const [row] = rows
  if (!row) throw new Error('tiny-pair.jsonl has no aad')
  await expect(ask(row, { strategy: 'sample', model: 'nobody' })).rejects.toThrow(
    /400 .*expected one of: dpo, sft, copy, amateur, away/,
  )
})
