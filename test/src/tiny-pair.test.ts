import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildModel } from '@tandem/models'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GoldenRow, readGoldenRows, tinyFolder } from './support/fixtures.js'
import { compare, complete, completeStreamed, isUndecided } from './support/rest.js'
import { type Stack, startStack } from './support/stack.js'

/** Accuracy of log p of this pair at fp32, in nats. */
const error = 1e-5
const pair = 'tiny'
const rows = readGoldenRows('tiny-pair.jsonl', [
  'aad',
  'greedy-sft',
  'greedy-dpo',
  'eft',
  'contrastive',
  'beam',
  'aad-beam',
])

let folder: string
let stack: Stack
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-tiny-pair-'))
  const source = tinyFolder('llama-tied')
  const [sft, dpo] = [join(folder, 'sft'), join(folder, 'dpo')]
  await buildModel({ source, out: sft, precision: 'fp32' })
  await buildModel({ source, adapter: tinyFolder('llama-tied+lora'), out: dpo, precision: 'fp32' })
  const amateur = join(folder, 'amateur')
  await buildModel({ source: tinyFolder('qwen2'), out: amateur, precision: 'fp32' })
  stack = await startStack({ sft, dpo, extraModels: { amateur }, pair })
})
afterAll(async () => {
  await stack?.stop()
  await rm(folder, { recursive: true, force: true })
})

const requestOf = (row: GoldenRow) => ({
  model: pair,
  max_tokens: row.max_tokens,
  decoding: { strategy: row.method, ...row.params, ...(row.method === 'contrastive' ? { amateur: 'amateur' } : {}) },
})
const isBeam = ({ method }: GoldenRow) => method.endsWith('beam')
const nameOf = (row: GoldenRow) => `prompt ${row.prompt}, ${row.method} ${JSON.stringify(row.params)}`

function firstRow(method: string): GoldenRow {
  const row = rows.find((candidate) => candidate.method === method)
  if (!row) throw new Error(`tiny-pair.jsonl has no ${method}`)
  return row
}

describe('the golden answers of the tiny pair through REST', () => {
  test('exist for every prompt and method', () => expect(rows).toHaveLength(50))

  const named = rows.map((row) => [nameOf(row), row] as const)
  // The first rows run one by one, the others together: they also test batches.
  test.each(named.slice(0, 8))('%s', async (_, row) => expectGolden(row))
  test.concurrent.each(named.slice(8))('%s', async (_, row) => expectGolden(row))

  async function expectGolden(row: GoldenRow): Promise<void> {
    const request = { ...requestOf(row), prompt: row.prompt_ids }
    const whole = await complete(stack.url, '/v1/completions', request)
    const streamed = await completeStreamed(stack.url, '/v1/completions', request)
    expect(compare(row, whole, error)).toMatch(isBeam(row) ? /^(equal|excused)$/ : /^equal$/)
    expect(streamed.tokenIds).toEqual(whole.tokenIds)
    expect(streamed.text).toBe(whole.text)
    expect(streamed.finish).toBe(whole.finish)
    expect(whole.decoding).toMatchObject({ strategy: row.method, ...row.params })
  }

  test.each(['plain', 'eager', 'lazy', 'draft', 'lookup'])('the same tokens on the path %s', async (path) => {
    const check = async (row: GoldenRow) => {
      const { decoding, ...request } = requestOf(row)
      const answer = await complete(stack.url, '/v1/completions', {
        ...request,
        prompt: row.prompt_ids,
        decoding: { ...decoding, path },
      })
      expect(compare(row, answer, error), nameOf(row)).toBe('equal')
      expect(answer.decoding).toMatchObject({ path })
    }
    const all = rows.filter((row) => !isBeam(row))
    // One answer at a time, then all at once.
    for (const row of all.slice(0, 4)) await check(row)
    await Promise.all(all.slice(4).map(check))
  })

  test('the methods give the same tokens as formulas', async () => {
    const filter = { on: 'dpo' }
    const spell: Readonly<Record<string, (row: GoldenRow) => object>> = {
      aad: ({ params }) => ({ formula: 'dpo - sft', filter: { ...filter, ...params } }),
      contrastive: ({ params }) => ({ formula: 'dpo - amateur', filter: { ...filter, ...params } }),
      eft: ({ params }) => ({ formula: `sft + ${params.beta}*(dpo - sft)` }),
      'greedy-sft': () => ({ formula: 'sft' }),
    }
    const check = async (row: GoldenRow) => {
      const decoding = { strategy: 'formula', ...spell[row.method]?.(row) }
      const request = { ...requestOf(row), prompt: row.prompt_ids, decoding }
      expect(compare(row, await complete(stack.url, '/v1/completions', request), error), nameOf(row)).toBe('equal')
    }
    await Promise.all(rows.filter(({ method }) => method in spell).map(check))
  })

  test('only beams have steps with a margin that is too small to test', () => {
    const undecided = rows.filter((row) => row.margins.some((_, step) => isUndecided(row, step, error)))
    expect(undecided.filter((row) => !isBeam(row))).toEqual([])
  })

  test('as a chat: the same prompt ids and the same answers, also if all run at once', async () => {
    const chats = rows.filter((row) => row.messages && !isBeam(row))
    const check = async (row: GoldenRow) => {
      const request = { ...requestOf(row), messages: row.messages }
      const answer = await complete(stack.url, '/v1/chat/completions', request)
      expect(answer.promptIds, nameOf(row)).toEqual(row.prompt_ids)
      expect(compare(row, answer, error)).toBe('equal')
    }
    await Promise.all(chats.map(check))
  })

  test('a model name selects the strategy', async () => {
    const row = firstRow('greedy-dpo')
    const request = { model: `${pair}/greedy-dpo`, max_tokens: row.max_tokens, prompt: row.prompt_ids }
    expect(compare(row, await complete(stack.url, '/v1/completions', request), error)).toBe('equal')
  })

  test('uses aad by default with any temperature, and reports the ignored fields', async () => {
    const row = firstRow('aad')
    const request = { model: pair, max_tokens: row.max_tokens, prompt: row.prompt_ids, temperature: 1.3, top_p: 0.5 }
    const answer = await complete(stack.url, '/v1/completions', request)
    expect(compare(row, answer, error)).toBe('equal')
    expect(answer.decoding).toMatchObject({ strategy: 'aad', alpha: 0.1, ignored: ['temperature', 'top_p'] })
  })
})
