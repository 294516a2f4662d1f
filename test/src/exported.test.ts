import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildModel } from '@tandem/models'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { fixturesFolder, type GoldenRow, readGoldenRows, tinyFolder } from './support/fixtures.js'
import { compare, complete, completeStreamed } from './support/rest.js'
import { type Stack, startStack } from './support/stack.js'

/** Tests that pairs with exported graphs, one or both, give the golden answers of the tiny pair. */

const error = 1e-5
const methods = ['aad', 'greedy-sft', 'greedy-dpo', 'eft', 'beam', 'aad-beam']
const rows = readGoldenRows('tiny-pair.jsonl', methods)
const aad = rows.filter(({ method }) => method === 'aad')
const isBeam = ({ method }: GoldenRow) => method.endsWith('beam')
const exported = (name: string) => join(fixturesFolder, 'optimum', name)

let folder: string
let stack: Stack | undefined
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-exported-'))
  const build = (out: string, source: string, adapter?: string) =>
    buildModel({ source, adapter, out: join(folder, out) })
  await build('sft', tinyFolder('llama-tied'))
  await build('dpo', tinyFolder('llama-tied'), tinyFolder('llama-tied+lora'))
  await build('exported-sft', exported('llama-tied'))
  await build('exported-dpo', exported('llama-tied+lora'))
  await build('half-sft', exported('llama-tied/model_fp16.onnx'))
})
afterEach(async () => {
  await stack?.stop()
  stack = undefined
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const start = async (sft: string, dpo: string, env: Record<string, string> = {}): Promise<Stack> => {
  stack = await startStack({ sft: join(folder, sft), dpo: join(folder, dpo), pair: 'tiny', env })
  return stack
}

const requestOf = (row: GoldenRow) => ({
  model: 'tiny',
  max_tokens: row.max_tokens,
  prompt: row.prompt_ids,
  decoding: { strategy: row.method, ...row.params },
})

async function assertGolden(url: string, row: GoldenRow, path = 'auto'): Promise<void> {
  const { decoding, ...request } = requestOf(row)
  const body = { ...request, decoding: isBeam(row) ? decoding : { ...decoding, path } }
  const name = `prompt ${row.prompt}, ${row.method}, ${path}`
  const answer = await complete(url, '/v1/completions', body)
  expect(compare(row, answer, error), name).toMatch(isBeam(row) ? /^(equal|excused)$/ : /^equal$/)
}

describe('the golden answers of the tiny pair', () => {
  test('two exported graphs: every method and every path, also streamed', async () => {
    const { url } = await start('exported-sft', 'exported-dpo')
    expect(rows.length).toBeGreaterThan(30)
    // One answer at a time, then all of a path at once.
    for (const row of rows.slice(0, 8)) await assertGolden(url, row)
    await Promise.all(rows.slice(8).map((row) => assertGolden(url, row)))
    for (const path of ['plain', 'draft']) {
      await assertGolden(url, aad[0] as GoldenRow, path)
      await Promise.all(aad.slice(1).map((row) => assertGolden(url, row, path)))
    }
    const [row] = aad
    const streamed = await completeStreamed(url, '/v1/completions', requestOf(row as GoldenRow))
    expect(streamed.tokenIds).toEqual(row?.token_ids)
  })

  test.each([
    ['exported-sft', 'dpo'],
    ['sft', 'exported-dpo'],
  ])('%s and %s, all at once', async (sft, dpo) => {
    const { url } = await start(sft, dpo)
    await Promise.all(aad.map((row) => assertGolden(url, row)))
  })

  test('with memory for few sessions, so that sessions are evicted and replayed', async () => {
    const { url } = await start('exported-sft', 'exported-dpo', { TANDEM_MAX_SESSIONS: '1', TANDEM_PREFILL_CHUNK: '3' })
    await Promise.all(aad.map((row) => assertGolden(url, row)))
  })
})

test('serves float16, and reports its precision', async () => {
  const { url } = await start('half-sft', 'exported-dpo')
  const [row] = aad
  const answer = await complete(url, '/v1/completions', requestOf(row as GoldenRow))
  expect(answer.tokenIds.length).toBeGreaterThan(0)
  const info = await (await fetch(`${url}/info`)).text()
  expect(info).toContain('"precision":"exported"')
  expect(info).toContain(', exported graph"')
})
