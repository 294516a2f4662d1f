import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readGoldenRows, tinyFolder } from './support/fixtures.js'
import { compare, complete } from './support/rest.js'
import { startTandemUp, type TandemUp } from './support/tandem-up.js'

/**
 * Tests `tandem up --paired`: one process computes both models and gives the same tokens as two
 * processes.
 */

const error = 1e-5
const rows = readGoldenRows('tiny-pair.jsonl', ['aad', 'greedy-sft', 'greedy-dpo'])

let home: string
let stack: TandemUp
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tandem-paired-'))
  const pair = ['--sft', tinyFolder('llama-tied'), '--dpo', tinyFolder('llama-tied+lora')]
  stack = await startTandemUp([...pair, '--precision', 'fp32', '--paired'], { TANDEM_HOME: home })
})
afterAll(async () => {
  stack?.process.kill('SIGINT')
  await rm(home, { recursive: true, force: true })
})

describe('a pair in one process', () => {
  test('starts two processes: the pair and the gateway', () => {
    expect(stack.children()).toHaveLength(2)
  })

  test.each(['auto', 'plain', 'eager', 'lazy', 'draft', 'lookup'])('golden tokens on the path %s', async (path) => {
    const check = async (row: (typeof rows)[number]) => {
      const decoding = { strategy: row.method, ...row.params, path }
      const request = { model: stack.model, max_tokens: row.max_tokens, prompt: row.prompt_ids, decoding }
      expect(compare(row, await complete(stack.url, '/v1/completions', request), error)).toBe('equal')
    }
    // First one answer at a time, then all at once, so that batches hold sessions of both models.
    for (const row of rows.slice(0, 4)) await check(row)
    await Promise.all(rows.map(check))
  })

  test('golden beams, with the reorders of both models in one message', async () => {
    const check = async (row: (typeof rows)[number]) => {
      const decoding = { strategy: row.method, ...row.params }
      const request = { model: stack.model, max_tokens: row.max_tokens, prompt: row.prompt_ids, decoding }
      expect(compare(row, await complete(stack.url, '/v1/completions', request), error)).toMatch(/^(equal|excused)$/)
    }
    const beams = readGoldenRows('tiny-pair.jsonl', ['eft', 'beam', 'aad-beam'])
    for (const row of beams.slice(0, 4)) await check(row)
    await Promise.all(beams.slice(4).map(check))
  })
})
