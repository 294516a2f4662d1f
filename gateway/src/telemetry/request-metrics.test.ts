import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { KeyStore } from '../access/key-store.js'
import { serveApp } from '../testing/serve-app.js'
import { createGatewayTelemetry } from './gateway-telemetry.js'
import { createRecordedGateway, messages } from './testing/recorded-gateway.js'

const { now, start, stop, chat, finish, sampleOf, serverSpans } = createRecordedGateway()
beforeEach(() => start())
afterEach(stop)

describe('the metrics', () => {
  test('count a series of answers, aborts and errors exactly, and the gauges return to 0', async () => {
    for (let i = 0; i < 3; i++) await finish(await chat())
    for (let i = 0; i < 2; i++) await finish(await chat({ stream: true }))
    await finish(await chat({ decoding: { strategy: 'sample' }, n: 3, temperature: 1 }))
    await finish(await chat({ max_tokens: -1 }))
    await finish(await chat({ model: 'unknown' }))
    await abortAfterFirstChunk()
    await expect.poll(() => now.logLines.length).toBe(9)
    expect(await sampleOf('requestSuccess', ',finished_reason="length"')).toBe(8)
    expect(await sampleOf('requestSuccess', ',finished_reason="abort"')).toBe(1)
    expect(await sampleOf('requestErrors', ',status="400",code=""')).toBe(1)
    expect(await sampleOf('requestErrors', ',status="404",code="model_not_found"')).toBe(1)
    expect(await sampleOf('requestLatency', '', '_count')).toBe(9)
    expect(await sampleOf('timeToFirstToken', '', '_count')).toBe(7)
    expect(await sampleOf('requestAnswers', '', '_sum')).toBe(6 + 3)
    expect(await sampleOf('promptTokens')).toBe(await sampleOf('requestPromptTokens', '', '_sum'))
    expect(await sampleOf('promptTokens')).toBeGreaterThan(7)
    const tokens = (await sampleOf('generationTokens')) ?? 0
    expect(await sampleOf('requestGenerationTokens', '', '_sum')).toBe(tokens)
    const aborted = tokens - 8 * 6
    expect(aborted).toBeGreaterThan(0)
    // As in vLLM: the gaps of an answer are one fewer than its tokens.
    expect(await sampleOf('interTokenLatency', '', '_count')).toBe(8 * 5 + aborted - 1)
    expect([await sampleOf('requestsRunning'), await sampleOf('requestsWaiting')]).toEqual([0, 0])
  })

  test('count a request whose client disconnects before its body is read as aborted', async () => {
    const headers = { 'content-type': 'application/json', 'content-length': '1000', expect: '100-continue' }
    const request = httpRequest(`${now.url}/v1/chat/completions`, { method: 'POST', headers })
    request.on('error', () => undefined)
    request.write('{"model": "toy"')
    // The server has read the headers.
    await once(request, 'continue')
    request.destroy()
    await expect.poll(() => now.logLines).toMatchObject([{ status: 499, code: 'service_aborted' }])
    expect(await sampleOf('requestSuccess', ',finished_reason="abort"')).toBe(1)
    expect(await sampleOf('requestErrors', ',status="499",code="service_aborted"')).toBeUndefined()
  })

  test('count refused keys and errors of other routes once, each by its code', async () => {
    const telemetry = createGatewayTelemetry('toy', now.recorded.telemetry)
    const app = now.toys.app({ apiKeys: ['key'], telemetry })
    const headers = { authorization: 'Bearer key', 'content-type': 'application/json' }
    for (const path of ['/v1/models', '/v1/chat/completions'])
      expect((await app.request(path, { method: path === '/v1/models' ? 'GET' : 'POST' })).status).toBe(401)
    expect((await app.request('/v1/models/unknown', { headers })).status).toBe(404)
    expect((await app.request('/v1/models', { headers })).status).toBe(200)
    expect(await sampleOf('requestErrors', ',status="401",code="invalid_api_key"')).toBe(2)
    expect(await sampleOf('requestErrors', ',key="key-1",status="404",code="model_not_found"')).toBe(1)
  })

  test('with API keys, count requests and tokens by the name of the key, never the key', async () => {
    const keys = new KeyStore({ keys: ['a-secret', 'b-secret'] })
    const app = now.toys.app({ keys, telemetry: createGatewayTelemetry('toy', now.recorded.telemetry), log: now.log })
    const server = await serveApp(app)
    const ask = async (key: string, body: object) => {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
      const whole = { model: 'toy', messages, max_tokens: 6, ignore_eos: true, ...body }
      const init = { method: 'POST', headers, body: JSON.stringify(whole) }
      await (await fetch(`${server.url}/v1/chat/completions`, init)).text()
    }
    try {
      await ask('b-secret', {})
      await ask('b-secret', { max_tokens: -1 })
      await expect
        .poll(() => now.logLines.map(({ key, status }) => [key, status]))
        .toEqual([
          ['key-2', 200],
          ['key-2', 400],
        ])
    } finally {
      await server.stop()
    }
    expect(await sampleOf('requestSuccess', ',key="key-2",finished_reason="length"')).toBe(1)
    expect(await sampleOf('requestErrors', ',key="key-2",status="400",code=""')).toBe(1)
    expect(await sampleOf('generationTokens', ',key="key-2"')).toBe(6)
    expect(await sampleOf('promptTokens', ',key="key-2"')).toBeGreaterThan(0)
    expect(serverSpans().map(({ attributes }) => attributes['tandem.key'])).toEqual(['key-2', 'key-2'])
    const all = JSON.stringify([
      now.logLines,
      [...(await now.recorded.samples())],
      serverSpans().map((s) => s.attributes),
    ])
    expect(all).not.toContain('secret')
  })

  test('count each step by whether the SFT model ran, and the parts of the steps', async () => {
    await finish(await chat({ decoding: { path: 'plain' } }))
    expect(await sampleOf('steps', ',sft="run"')).toBe(6)
    // The first step reads the prompt.
    expect(await sampleOf('stepTime', ',part="total"', '_count')).toBe(5)
    const sumOf = async (part: string) => (await sampleOf('stepTime', `,part="${part}"`, '_sum')) ?? 0
    const parts = await Promise.all(['dpo', 'sft', 'queue', 'wire', 'merge'].map(sumOf))
    const sum = parts.reduce((a, b) => a + b, 0) - (await sumOf('overlap'))
    expect(sum).toBeCloseTo(await sumOf('total'), 6)
  })

  async function abortAfterFirstChunk(): Promise<void> {
    now.toys.dpo.beforeStep = (step) =>
      step.position > 0 ? new Promise((resolve) => setTimeout(resolve, 20)) : undefined
    const request = httpRequest(`${now.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    })
    request.end(JSON.stringify({ model: 'toy', messages, max_tokens: 40, ignore_eos: true, stream: true }))
    const [response] = await once(request, 'response')
    let text = ''
    for await (const chunk of response) {
      text += String(chunk)
      if (/"content":"[^"]/.test(text)) break
    }
    request.destroy()
    now.toys.dpo.beforeStep = () => undefined
  }
})
