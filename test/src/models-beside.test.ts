import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildModel } from '@tandem/models'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type GoldenRow, readGoldenRows, tinyFolder } from './support/fixtures.js'
import { waitUntilGone } from './support/processes.js'
import { compare, complete } from './support/rest.js'
import { type Stack, startStack } from './support/stack.js'
import { startTandemUp, type TandemUp } from './support/tandem-up.js'

/** What log p of this pair is right to at fp32, in nats. */
const error = 1e-5
const lora = tinyFolder('llama-tied+lora')
const stopLimitMs = 10_000

let folder: string
let elsewhere: Stack
let up: TandemUp
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-beside-'))
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

test('what the file and the command line name runs, and nothing else', () => {
  expect(up.model).toBe('tiny')
  expect(up.children()).toHaveLength(4)
})

test.each([
  ['an adapter that the command line puts on the SFT model', 'copy', 'greedy-dpo'],
  ['a service elsewhere that the file names', 'away', 'greedy-sft'],
  ['a pair of a model here and a service elsewhere', 'dpo', 'greedy-dpo'],
])('%s answers', async (_name, model, method) => {
  for (const row of readGoldenRows('tiny-pair.jsonl', [method]))
    expect(compare(row, await ask(row, { strategy: 'sample', model, temperature: 0 }), error)).toBe('equal')
})

test('the pair decodes by AAD, and a model that is not there is refused with those that are', async () => {
  const rows = readGoldenRows('tiny-pair.jsonl', ['aad'])
  for (const row of rows) expect(compare(row, await ask(row, { strategy: 'aad', ...row.params }), error)).toBe('equal')
  const [row] = rows
  if (!row) throw new Error('tiny-pair.jsonl has no aad')
  await expect(ask(row, { strategy: 'sample', model: 'nobody' })).rejects.toThrow(/400 .*amateur.*away.*copy/)
})
