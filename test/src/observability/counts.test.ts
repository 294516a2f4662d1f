import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { parseSamples } from '@tandem/telemetry/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Stack } from '../support/stack.js'
import { startTinyStack } from '../support/tiny-stack.js'

/** Counts of /metrics of real processes after a scripted series of answers, aborts and errors. */

let stack: Stack
beforeAll(async () => {
  stack = await startTinyStack()
})
afterAll(() => stack?.stop())

const maxTokens = 6
const bodyOf = (more: object) => ({
  model: 'tiny',
  messages: [{ role: 'user', content: 'Hello' }],
  max_tokens: maxTokens,
  ignore_eos: true,
  ...more,
})
const headers = { 'content-type': 'application/json' }
const ask = async (more: object = {}) => {
  const body = JSON.stringify(bodyOf(more))
  const response = await fetch(`${stack.url}/v1/chat/completions`, { method: 'POST', headers, body })
  await response.text()
  return response.status
}

/** Begins a long stream, and disconnects after its head. */
async function abort(): Promise<void> {
  const request = httpRequest(`${stack.url}/v1/chat/completions`, { method: 'POST', headers })
  request.end(JSON.stringify(bodyOf({ max_tokens: 200, stream: true })))
  await once(request, 'response')
  request.destroy()
}

const samplesOf = async (url: string | undefined) => parseSamples(await (await fetch(url ?? '')).text())
const gateway = () => samplesOf(stack.metricsUrls[0])

test('a series of answers, aborts and errors is counted exactly, and the gauges return to 0', async () => {
  for (const more of [{}, {}, { stream: true }, { n: 2, temperature: 1, decoding: { strategy: 'sample' } }])
    expect(await ask(more)).toBe(200)
  expect(await ask({ max_tokens: -1 })).toBe(400)
  expect(await ask({ model: 'unknown' })).toBe(404)
  await abort()
  const label = 'model_name="tiny"'
  const of = (samples: ReadonlyMap<string, number>, name: string, more = '') =>
    samples.get(`tandem_${name}{${label}${more}}`)
  await expect.poll(async () => of(await gateway(), 'e2e_request_latency_seconds_count')).toBe(7)
  const found = await gateway()
  expect(of(found, 'request_success_total', ',finished_reason="length"')).toBe(5)
  expect(of(found, 'request_success_total', ',finished_reason="abort"')).toBe(1)
  expect(of(found, 'request_errors_total', ',status="400",code=""')).toBe(1)
  expect(of(found, 'request_errors_total', ',status="404",code="model_not_found"')).toBe(1)
  const aborted = (of(found, 'generation_tokens_total') ?? 0) - 5 * maxTokens
  expect(aborted).toBeGreaterThanOrEqual(0)
  // As in vLLM: an answer has one gap fewer than it has tokens.
  expect(of(found, 'inter_token_latency_seconds_count')).toBe(5 * (maxTokens - 1) + Math.max(0, aborted - 1))
  expect([of(found, 'num_requests_running'), of(found, 'num_requests_waiting')]).toEqual([0, 0])
})

test('services hold no session and no message when all answers are over', async () => {
  for (const [i, role] of ['sft', 'dpo'].entries()) {
    const gauge = async (name: string) => {
      const samples = await samplesOf(stack.metricsUrls.slice(1)[i])
      const [, value] = [...samples].find(([key]) => key.startsWith(`tandem_${name}{`)) ?? []
      return value
    }
    await expect.poll(() => gauge('sessions'), { message: role }).toBe(0)
    await expect.poll(() => gauge('step_queue_length'), { message: role }).toBe(0)
    expect(await gauge('engine_runs_total')).toBeGreaterThan(maxTokens)
  }
})
