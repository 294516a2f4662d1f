import { SpanStatusCode } from '@opentelemetry/api'
import { attributeNames as names } from '@tandem/telemetry'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { serveApp } from '../testing/serve-app.js'
import { createGatewayTelemetry } from './gateway-telemetry.js'
import { createRecordedGateway } from './testing/recorded-gateway.js'

const { now, start, stop, serve, chat, finish, serverSpans, spansOf } = createRecordedGateway()
beforeEach(() => start())
afterEach(stop)

const microsOf = ([seconds, nanos]: readonly [number, number]) => seconds * 1e6 + nanos / 1e3

/** Expects that sums are positive and together at most as long as their span, which is rounded. */
function expectWithin(span: ReturnType<typeof spansOf>[number], sums: readonly string[]): void {
  const values = sums.map((name) => Number(span.attributes[name]))
  for (const value of values) expect(value).toBeGreaterThan(0)
  const total = values.reduce((a, b) => a + b, 0)
  expect(total).toBeLessThanOrEqual(microsOf(span.endTime) - microsOf(span.startTime) + values.length)
}

describe('the spans of a request', () => {
  test('are one tree: admission, prompt, prefill of each model, decode, detokenize, write', async () => {
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
    const children = now.recorded
      .spans()
      .filter((span) => span.parentSpanContext?.spanId === root?.spanContext().spanId)
    const childNames = children.map(({ name }) => name)
    expect(childNames).toEqual(
      expect.arrayContaining(['admission', 'prompt', 'prefill', 'decode', 'detokenize', 'write']),
    )
    expect(
      spansOf('prefill')
        .map(({ attributes }) => attributes[names.model])
        .sort(),
    ).toEqual(['dpo', 'sft'])
    expect(new Set(now.recorded.spans().map((span) => span.spanContext().traceId)).size).toBe(1)
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

  test.each([
    ['a stream', { stream: true }, 6],
    ['a whole answer', {}, 6],
    ['three answers', { n: 3, stream: true, temperature: 1, decoding: { strategy: 'sample' } }, 18],
    ['two beams', { decoding: { strategy: 'aad-beam', width: 2 } }, 12],
    ['two samples', { temperature: 1, decoding: { strategy: 'random-of-n', n: 2 } }, 12],
  ])('say what turning tokens into text and writing cost, for %s', async (_, body, count) => {
    await finish(await chat(body))
    const [root] = serverSpans()
    const [detokenize, ...more] = spansOf('detokenize')
    const [write] = spansOf('write')
    if (!root || !detokenize || !write) throw new Error('expected three spans')
    expect(more).toEqual([])
    for (const { parentSpanContext, startTime, endTime } of [detokenize, write]) {
      expect(parentSpanContext?.spanId).toBe(root.spanContext().spanId)
      expect(microsOf(startTime)).toBeGreaterThanOrEqual(microsOf(root.startTime))
      expect(microsOf(endTime)).toBeLessThanOrEqual(microsOf(root.endTime))
    }
    expect(detokenize.attributes[names.inputLength]).toBe(count)
    expectWithin(detokenize, [names.detokenizeUs])
    expectWithin(write, [names.writeUs, names.writeWaitUs])
  })

  test('continue the trace of the client, and follow its decision', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    await finish(await chat({}, { traceparent: `00-${traceId}-b7ad6b7169203331-01` }))
    expect(serverSpans()[0]?.spanContext().traceId).toBe(traceId)
    expect(serverSpans()[0]?.parentSpanContext?.spanId).toBe('b7ad6b7169203331')
    await (await chat({}, { traceparent: `00-${traceId}-b7ad6b7169203331-00` })).text()
    await expect.poll(() => now.logLines.length).toBe(2)
    expect(serverSpans()).toHaveLength(1)
    expect(now.logLines.map((line) => line.trace_id)).toEqual([traceId, traceId])
  })

  test('reach the services in the messages with the prompt only, unless tokens are asked for', async () => {
    await finish(await chat())
    const sent = () => [...now.toys.dpo.messages, ...now.toys.sft.messages].map(({ traceparent }) => traceparent)
    expect(sent().filter((one) => one !== '')).toHaveLength(2)
    const prefillIds = spansOf('prefill').map((span) => span.spanContext().spanId)
    expect(
      sent()
        .flatMap((one) => one.split('-')[2] ?? [])
        .sort(),
    ).toEqual(prefillIds.sort())
    now.toys.dpo.messages = []
    now.toys.sft.messages = []
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
    now.toys.dpo.nextError = { code: 13, message: 'broken', heldPosition: 0, heldPrefixHash: '0' }
    now.toys.sft.nextError = { code: 13, message: 'broken', heldPosition: 0, heldPrefixHash: '0' }
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
      const children = now.recorded.spans().filter(({ parentSpanContext }) => parentSpanContext?.spanId === id)
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

test('without a tracer nothing is traced, and messages have no trace context', async () => {
  await now.stopServer()
  const server = await serveApp(now.toys.app({ telemetry: createGatewayTelemetry('toy') }))
  Object.assign(now, { url: server.url, stopServer: server.stop })
  await (await chat({}, { 'x-tandem-trace': 'tokens' })).text()
  expect([...now.toys.dpo.messages, ...now.toys.sft.messages].every(({ traceparent }) => traceparent === '')).toBe(true)
})
