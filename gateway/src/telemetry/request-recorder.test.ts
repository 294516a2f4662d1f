import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { propagation, SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { type MetricKey, attributeNames as names, prometheusName } from '@tandem/telemetry'
import { type RecordedTelemetry, recordTelemetry } from '@tandem/telemetry/testing'
import pino from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseEvents } from '../testing/parse-events.js'
import { serveApp } from '../testing/serve-app.js'
import { startToyGateway, type ToyGateway } from '../testing/toy-gateway.js'
import { createGatewayTelemetry } from './gateway-telemetry.js'

propagation.setGlobalPropagator(new W3CTraceContextPropagator())

/** A text that must appear nowhere. */
const secret = 'zanzibar'
const messages = [{ role: 'user', content: secret }]

let toys: ToyGateway
let stop: () => Promise<void>
let url: string
let recorded: RecordedTelemetry
let logLines: Record<string, unknown>[]

async function serve(changes: Parameters<typeof recordTelemetry>[0] = {}, environment: NodeJS.ProcessEnv = {}) {
  await stop?.()
  recorded = recordTelemetry(changes, environment)
  logLines = []
  const write = (text: string) => {
    const line = JSON.parse(text) as Record<string, unknown>
    if (line.msg === 'request') logLines.push(line)
  }
  const log = pino({ level: 'info' }, { write })
  const telemetry = createGatewayTelemetry('toy', recorded.telemetry)
  const server = await serveApp(toys.app({ telemetry, log }))
  url = server.url
  stop = server.stop
}

beforeEach(async () => {
  toys = await startToyGateway(({ dpo, sft }) => {
    for (const { model } of [dpo, sft]) model.contextLength = 256
  })
  await serve()
})
afterEach(async () => {
  await stop()
  toys.stop()
})

const chat = (body: object = {}, headers: Record<string, string> = {}) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'toy', messages, max_tokens: 6, ignore_eos: true, ...body }),
  })

/** Reads a whole answer, then waits until its span has ended. */
async function finish(response: Response): Promise<string> {
  const count = serverSpans().length
  const text = await response.text()
  await expect.poll(() => serverSpans().length).toBeGreaterThan(Math.max(0, count - 1))
  return text
}

const serverSpans = () => recorded.spans().filter(({ kind }) => kind === SpanKind.SERVER)
const spansOf = (name: string) => recorded.spans().filter((span) => span.name === name)
const microsOf = ([seconds, nanos]: readonly [number, number]) => seconds * 1e6 + nanos / 1e3

async function sampleOf(key: MetricKey, labels = '', suffix = ''): Promise<number | undefined> {
  const samples = await recorded.samples()
  return samples.get(`${prometheusName(key)}${suffix}{model_name="toy"${labels}}`)
}

describe('the spans of a request', () => {
  test('are one tree: admission, prompt, prefill of each model, decode, write', async () => {
    await finish(await chat({ stream: true }))
    const [root] = serverSpans()
    expect(root?.name).toMatch(/^chat toy/)
    expect(root?.attributes).toMatchObject({
      [names.operation]: 'chat',
      [names.provider]: 'tandem',
      [names.strategy]: 'aad',
      [names.alpha]: 0.1,
      [names.maxTokens]: 6,
      [names.outputTokens]: 6,
      [names.finishReasons]: ['length'],
      [names.httpStatus]: 200,
      [names.stream]: true,
    })
    const children = recorded.spans().filter((span) => span.parentSpanContext?.spanId === root?.spanContext().spanId)
    const childNames = children.map(({ name }) => name)
    expect(childNames).toEqual(expect.arrayContaining(['admission', 'prompt', 'prefill', 'decode', 'write']))
    expect(
      spansOf('prefill')
        .map(({ attributes }) => attributes[names.model])
        .sort(),
    ).toEqual(['dpo', 'sft'])
    expect(new Set(recorded.spans().map((span) => span.spanContext().traceId)).size).toBe(1)
  })

  test('end after the last chunk has left', async () => {
    await finish(await chat({ stream: true }))
    const [root] = serverSpans()
    const [decode] = spansOf('decode')
    const [write] = spansOf('write')
    if (!root || !decode || !write) throw new Error('expected three spans')
    expect(microsOf(root.endTime)).toBeGreaterThanOrEqual(microsOf(decode.endTime))
    expect(microsOf(write.endTime)).toBeLessThanOrEqual(microsOf(root.endTime))
  })

  test('continue the trace of the client, and follow its decision', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    await finish(await chat({}, { traceparent: `00-${traceId}-b7ad6b7169203331-01` }))
    expect(serverSpans()[0]?.spanContext().traceId).toBe(traceId)
    expect(serverSpans()[0]?.parentSpanContext?.spanId).toBe('b7ad6b7169203331')
    await (await chat({}, { traceparent: `00-${traceId}-b7ad6b7169203331-00` })).text()
    await expect.poll(() => logLines.length).toBe(2)
    expect(serverSpans()).toHaveLength(1)
    expect(logLines.map((line) => line.trace_id)).toEqual([traceId, traceId])
  })

  test('reach the services in the messages with the prompt only, unless tokens are asked for', async () => {
    await finish(await chat())
    const sent = () => [...toys.dpo.messages, ...toys.sft.messages].map(({ traceparent }) => traceparent)
    expect(sent().filter((one) => one !== '')).toHaveLength(2)
    const prefillIds = spansOf('prefill').map((span) => span.spanContext().spanId)
    expect(
      sent()
        .flatMap((one) => one.split('-')[2] ?? [])
        .sort(),
    ).toEqual(prefillIds.sort())
    toys.dpo.messages = []
    toys.sft.messages = []
    await finish(await chat({}, { 'x-tandem-trace': 'tokens' }))
    expect(sent().every((one) => /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/.test(one))).toBe(true)
  })

  test('hold a block of arrays for every 32 tokens', async () => {
    await finish(await chat({ max_tokens: 40 }))
    const blocks = spansOf('tokens').map(({ attributes }) => attributes)
    expect(blocks.map((attributes) => attributes[names.tokenIndex])).toEqual([0, 32])
    expect(blocks.map((attributes) => (attributes[names.stepUs] as number[]).length)).toEqual([32, 8])
    expect(spansOf('token')).toHaveLength(0)
  })

  test('have status ERROR only if the server is at fault', async () => {
    await finish(await chat({ max_tokens: -1 }))
    toys.dpo.nextError = { code: 13, message: 'broken', heldPosition: 0, heldPrefixHash: '0' }
    toys.sft.nextError = { code: 13, message: 'broken', heldPosition: 0, heldPrefixHash: '0' }
    await (await chat()).text()
    await expect.poll(() => serverSpans().length).toBe(2)
    expect(serverSpans().map(({ status }) => status.code)).toEqual([SpanStatusCode.UNSET, SpanStatusCode.ERROR])
    expect(serverSpans().map(({ attributes }) => attributes[names.httpStatus])).toEqual([400, 500])
    expect(serverSpans().map(({ attributes }) => attributes[names.errorType])).toEqual(['400', 'service_internal'])
    const failed = spansOf('prefill').map(({ status, attributes }) => [attributes[names.errorType], status.code])
    // The message that is no longer needed is not at fault.
    expect(failed).not.toContainEqual(['aborted', SpanStatusCode.ERROR])
  })
})

describe('the spans of tokens', () => {
  test.each([
    ['the header', {}, { 'x-tandem-trace': 'tokens' }],
    ['decoding.timings', { decoding: { timings: true } }, {}],
  ] as const)(
    'are recorded for each token if asked for by %s, also if the sampler says no',
    async (_, body, headers) => {
      await serve({}, { OTEL_TRACES_SAMPLER: 'always_off' })
      await finish(await chat({ ...body, stream: true }, headers))
      const tokens = spansOf('token')
      expect(tokens.map(({ attributes }) => attributes[names.tokenIndex])).toEqual([0, 1, 2, 3, 4, 5])
      const [decode] = spansOf('decode')
      for (const token of tokens) expect(token.parentSpanContext?.spanId).toBe(decode?.spanContext().spanId)
      expect(spansOf('tokens')).toHaveLength(0)
    },
  )

  test('have their messages, the wire and the merge as children, which add up to the token', async () => {
    await finish(await chat({ decoding: { path: 'plain' } }, { 'x-tandem-trace': 'tokens' }))
    for (const token of spansOf('token').slice(1)) {
      const id = token.spanContext().spanId
      const children = recorded.spans().filter(({ parentSpanContext }) => parentSpanContext?.spanId === id)
      const models = children.filter(({ name }) => name === 'forward').map(({ attributes }) => attributes[names.model])
      expect(new Set(models)).toEqual(new Set(['dpo', 'sft']))
      expect(children.map(({ name }) => name)).toEqual(expect.arrayContaining(['wire', 'merge']))
      const part = (name: string) => Number(token.attributes[name] ?? 0)
      const parts = [names.dpoUs, names.sftUs, names.queueUs, names.wireUs, names.mergeUs].map(part)
      const sum = parts.reduce((a, b) => a + b, 0) - part(names.overlapUs)
      expect(sum).toBe(part(names.stepUs))
      const drawn = microsOf(token.endTime) - microsOf(token.startTime)
      expect(Math.abs(drawn - sum)).toBeLessThanOrEqual(Math.max(0.05 * sum, 1_000))
    }
  })

  test('are recorded for a share of the sampled requests', async () => {
    await serve({ tokenRatio: 1 })
    await finish(await chat())
    expect(spansOf('token')).toHaveLength(6)
  })
})

describe('text', () => {
  test('is in no span, metric or line of the log', async () => {
    const answer = await finish(await chat({ stream: true }, { 'x-tandem-trace': 'tokens' }))
    const written = parseEvents(answer)
      .flatMap((event) => (event as { choices?: { delta?: { content?: string } }[] }).choices ?? [])
      .map(({ delta }) => delta?.content ?? '')
      .join('')
    expect(written.length).toBeGreaterThan(3)
    const all = JSON.stringify([
      recorded.spans().map(({ name, attributes, events }) => [name, attributes, events]),
      [...(await recorded.samples()).keys()],
      logLines,
    ])
    expect(all).not.toContain(secret)
    expect(all).not.toContain(JSON.stringify(written).slice(1, -1))
  })

  test('is in no line about a refused request, whose message may quote it', async () => {
    const lines: string[] = []
    const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
    for (const hasContent of [false, true]) {
      const telemetry = createGatewayTelemetry('toy', { ...recorded.telemetry, hasContent })
      const answer = await toys.app({ telemetry, log }).request('/v1/chat/completions', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'toy', messages: secret }),
      })
      expect(await answer.text()).toContain(secret)
    }
    expect(lines.map((line) => [line.includes(secret), line.includes('"param":"messages"')])).toEqual([
      [false, true],
      [true, true],
    ])
  })

  test('is in the span if telemetry.content is set', async () => {
    await serve({ hasContent: true })
    const sampled = { decoding: { strategy: 'sample' }, n: 2, temperature: 1 }
    const { choices } = JSON.parse(await finish(await chat(sampled))) as { choices: { message: { content: string } }[] }
    expect(serverSpans()[0]?.attributes[names.inputMessages]).toContain(secret)
    const answers: unknown = JSON.parse(String(serverSpans()[0]?.attributes[names.outputMessages]))
    expect(answers).toHaveLength(2)
    for (const { message } of choices) expect(answers).toContainEqual({ role: 'assistant', content: message.content })
  })
})

describe('the metrics', () => {
  test('count a series of answers, aborts and errors exactly, and the gauges return to 0', async () => {
    for (let i = 0; i < 3; i++) await finish(await chat())
    for (let i = 0; i < 2; i++) await finish(await chat({ stream: true }))
    await finish(await chat({ decoding: { strategy: 'sample' }, n: 3, temperature: 1 }))
    await finish(await chat({ max_tokens: -1 }))
    await finish(await chat({ model: 'unknown' }))
    await abortAfterFirstChunk()
    await expect.poll(() => logLines.length).toBe(9)
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

  test('count a request whose client disconnects before its prompt is read as aborted', async () => {
    const headers = { 'content-type': 'application/json', 'content-length': '1000' }
    const request = httpRequest(`${url}/v1/chat/completions`, { method: 'POST', headers })
    request.on('error', () => undefined)
    request.write('{"model": "toy"')
    setTimeout(() => request.destroy(), 50)
    await expect.poll(() => logLines).toMatchObject([{ status: 499, code: 'service_aborted' }])
    expect(await sampleOf('requestSuccess', ',finished_reason="abort"')).toBe(1)
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

  test('count a request whose client disconnects before its body is read as aborted', async () => {
    const request = httpRequest(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    })
    request.on('error', () => undefined)
    request.write('{"model": ')
    await new Promise((resolve) => setTimeout(resolve, 100))
    request.destroy()
    await expect.poll(() => logLines.length).toBe(1)
    expect(logLines[0]).toMatchObject({ status: 499 })
    expect(await sampleOf('requestSuccess', ',finished_reason="abort"')).toBe(1)
    expect(await sampleOf('requestErrors', ',status="499",code=""')).toBeUndefined()
  })

  async function abortAfterFirstChunk(): Promise<void> {
    toys.dpo.beforeStep = (step) => (step.position > 0 ? new Promise((resolve) => setTimeout(resolve, 20)) : undefined)
    const request = httpRequest(`${url}/v1/chat/completions`, {
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
    toys.dpo.beforeStep = () => undefined
  }
})

test('each request has one line in the log, with its ids, counts and times', async () => {
  await finish(await chat({}, { 'x-request-id': 'my-request' }))
  const { traceId, spanId } = serverSpans()[0]?.spanContext() ?? {}
  expect(logLines).toMatchObject([
    {
      msg: 'request',
      requestId: 'my-request',
      trace_id: traceId,
      span_id: spanId,
      operation: 'chat',
      strategy: 'aad',
      status: 200,
      completionTokens: 6,
      finishReasons: ['length'],
    },
  ])
  expect(logLines[0]?.totalMs).toBeGreaterThan(0)
})

test('without a tracer nothing is traced, and messages have no trace context', async () => {
  await stop()
  const server = await serveApp(toys.app({ telemetry: createGatewayTelemetry('toy') }))
  url = server.url
  stop = server.stop
  await (await chat({}, { 'x-tandem-trace': 'tokens' })).text()
  expect([...toys.dpo.messages, ...toys.sft.messages].every(({ traceparent }) => traceparent === '')).toBe(true)
})
