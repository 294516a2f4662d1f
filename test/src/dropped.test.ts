import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildModel } from '@tandem/models'
import { parseSamples } from '@tandem/telemetry/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fixturesFolder, tinyFolder } from './support/fixtures.js'
import { heldSessions } from './support/held-sessions.js'
import { type Stack, startStack } from './support/stack.js'

/**
 * A client cancels a request with many sessions. Soon after, every service must have closed all of
 * them.
 */

let folder: string
let stack: Stack
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-dropped-'))
  const source = tinyFolder('llama-tied')
  const [sft, dpo, picker] = [join(folder, 'sft'), join(folder, 'dpo'), join(folder, 'picker')]
  await buildModel({ source, out: sft })
  await buildModel({ source, adapter: tinyFolder('llama-tied+lora'), out: dpo })
  await buildModel({ source: join(fixturesFolder, 'tiny-reward/base'), out: picker })
  stack = await startStack({ sft, dpo, rewards: { picker }, pair: 'tiny' })
})
afterAll(async () => {
  await stack?.stop()
  await rm(folder, { recursive: true, force: true })
})

const held = async () => {
  const counts = await Promise.all([stack.addresses.dpo, stack.addresses.sft].map(heldSessions))
  return counts.reduce((a, b) => a + b, 0)
}

/** The number of requests that the gateway ended because their clients had gone. */
const aborted = async () => {
  const samples = parseSamples(await (await fetch(stack.metricsUrls[0] ?? '')).text())
  return samples.get('tandem_request_success_total{model_name="tiny",finished_reason="abort"}') ?? 0
}

test.each([
  ['beams', { strategy: 'aad-beam', width: 8, alpha: 0.01 }, false],
  ['streamed beams', { strategy: 'aad-beam', width: 8, alpha: 0.01 }, true],
  ['best-of-n', { strategy: 'best-of-n', n: 16 }, false],
  ['streamed best-of-n', { strategy: 'best-of-n', n: 16 }, true],
])('%s', async (_, decoding, stream) => {
  const messages = [{ role: 'user', content: 'alignment aware decoding' }]
  const request = { model: 'tiny', messages, max_tokens: 200, ignore_eos: true, decoding, stream }
  const before = await aborted()
  const caller = new AbortController()
  const answer = fetch(`${stack.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
    signal: caller.signal,
  })
  const outcome = answer.then((response) => response.text()).catch((error: Error) => error.name)
  await expect.poll(held, { interval: 20 }).toBeGreaterThanOrEqual(8)
  caller.abort()
  await expect.poll(held, { interval: 20 }).toBe(0)
  expect(await outcome).toBe('AbortError')
  // The sessions did not close at the end of the answer, however slow this machine is.
  await expect.poll(aborted, { interval: 20 }).toBe(before + 1)
})
