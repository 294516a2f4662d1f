import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Stack } from './support/stack.js'
import { startTinyStack } from './support/tiny-stack.js'

/**
 * Tests that a request can use as many sequences as TANDEM_MAX_SESSIONS, and that more are refused
 * with a clear error.
 */

let stack: Stack
beforeAll(async () => {
  stack = await startTinyStack({ env: { TANDEM_MAX_SESSIONS: '3' } })
})
afterAll(() => stack?.stop())

const cases: readonly (readonly [string, string, (count: number) => object])[] = [
  ['answers', 'n', (n) => ({ n, decoding: { temperature: 1 } })],
  ['beams', 'decoding.width', (width) => ({ decoding: { strategy: 'aad-beam', width } })],
  ['samples', 'decoding.n', (n) => ({ decoding: { strategy: 'random-of-n', n } })],
]

test.each(cases)('%s', async (_, param, ask) => {
  const post = async (count: number) => {
    const body = { model: 'tiny', prompt: [4, 388, 365], max_tokens: 6, ...ask(count) }
    const headers = { 'content-type': 'application/json' }
    const request = { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(360_000) }
    const response = await fetch(`${stack.url}/v1/completions`, request)
    return [response.status, await response.json()] as const
  }
  expect(await post(3)).toMatchObject([200, { choices: expect.anything() }])
  expect(await post(4)).toMatchObject([400, { error: { param, message: expect.stringContaining('at most 3') } }])
})
