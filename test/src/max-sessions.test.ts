import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildModel } from '@tandem/models'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tinyFolder } from './support/fixtures.js'
import { type Stack, startStack } from './support/stack.js'

/** A request may need as many sequences as TANDEM_MAX_SESSIONS allows; one that needs more is told so. */

let folder: string
let stack: Stack
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-sessions-'))
  await buildModel({ source: tinyFolder('llama-tied'), out: folder, precision: 'fp32' })
  stack = await startStack({ sft: folder, dpo: folder, pair: 'tiny', env: { TANDEM_MAX_SESSIONS: '3' } })
})
afterAll(async () => {
  await stack?.stop()
  await rm(folder, { recursive: true, force: true })
})

const cases: readonly (readonly [string, string, (count: number) => object])[] = [
  ['answers', 'n', (n) => ({ n, decoding: { temperature: 1 } })],
  ['beams', 'decoding.width', (width) => ({ decoding: { strategy: 'aad-beam', width } })],
  ['samples', 'decoding.n', (n) => ({ decoding: { strategy: 'random-of-n', n } })],
]

test.each(cases)('%s', async (_, param, ask) => {
  const post = async (count: number) => {
    const body = { model: 'tiny', prompt: [4, 388, 365], max_tokens: 6, ...ask(count) }
    const headers = { 'content-type': 'application/json' }
    const request = { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(60_000) }
    const response = await fetch(`${stack.url}/v1/completions`, request)
    return [response.status, await response.json()] as const
  }
  expect(await post(3)).toMatchObject([200, { choices: expect.anything() }])
  expect(await post(4)).toMatchObject([400, { error: { param, message: expect.stringContaining('at most 3') } }])
})
