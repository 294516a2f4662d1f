import { join } from 'node:path'
import { attributeNames as names, spanNames } from '@tandem/telemetry'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { installPython } from '../support/installed.js'
import type { Stack } from '../support/stack.js'
import { startTinyStack } from '../support/tiny-stack.js'
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from './testing/otlp-receiver.js'
import { streamTraced } from './testing/stream-traced.js'

/**
 * Exports the trace of one streamed AAD answer to a receiver made from OpenTelemetry's own message
 * definitions (test/fixtures/otlp).
 */
const installed = await installPython('otlp', [3, 9])
if ('missing' in installed) console.warn(`no trace is exported: ${installed.missing}`)
const python = 'folder' in installed ? join(installed.folder, 'venv/bin/python') : ''

/** Number of tokens of the answer. */
const maxTokens = 12
/** Ends a test that hangs. In milliseconds. */
const exportLimitMs = 120_000
/** `SPAN_KIND_SERVER` of OTLP. */
const serverKind = 2
/** Processes of one machine read one clock, but round it. In microseconds. */
const clockError = 2_000

describe.skipIf(python === '').each(['grpc', 'http/protobuf', 'http/json'])(
  'a streamed AAD answer, over %s',
  (protocol) => {
    let receiver: OtlpReceiver
    let stack: Stack
    let spans: readonly ReceivedSpan[]
    let root: ReceivedSpan

    beforeAll(async () => {
      receiver = await startOtlpReceiver(python)
      const env = {
        OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpointOf(protocol),
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_BSP_SCHEDULE_DELAY: '100',
        OTEL_METRIC_EXPORT_INTERVAL: '500',
        OTEL_METRIC_EXPORT_TIMEOUT: '500',
      }
      stack = await startTinyStack({ env })
      await streamTraced(stack.url, { max_tokens: maxTokens, decoding: { path: 'plain' } })
      const areAllHere = () => serverSpans().length === 1 && spanCount(spanNames.run, receiver.spans()) >= 2 * maxTokens
      await vi.waitUntil(areAllHere, { timeout: exportLimitMs, interval: 100 })
      spans = receiver.spans()
      root = serverSpans()[0] as ReceivedSpan
    })
    afterAll(async () => {
      await stack?.stop()
      receiver?.stop()
    })

    const serverSpans = () =>
      receiver.spans().filter(({ kind, service }) => kind === serverKind && service === 'tandem-gateway')
    const named = (name: string) => spans.filter((span) => span.name === name)
    const parentOf = ({ parent }: ReceivedSpan) => spans.find(({ span }) => span === parent)
    const childrenOf = ({ span }: ReceivedSpan) => spans.filter(({ parent }) => parent === span)

    test('is one trace of three processes', () => {
      expect(new Set(spans.map(({ trace }) => trace)).size).toBe(1)
      expect(new Set(spans.map(({ service }) => service))).toEqual(
        new Set(['tandem-gateway', 'tandem-sft', 'tandem-dpo']),
      )
      for (const span of spans) if (span !== root) expect(parentOf(span), span.name).toBeDefined()
    })

    test('has a SERVER span that ends after the last token was written', () => {
      expect(root.name).toBe('chat tiny')
      expect(root.parent).toBe('')
      // The client's clock cannot tell: it may read a chunk late, when the connection has sent all.
      for (const { end } of [...named(spanNames.token), ...named(spanNames.decode)])
        expect(root.end).toBeGreaterThanOrEqual(end)
      expect(named(spanNames.write).map(({ end }) => end)).toEqual([root.end])
      expect(named(spanNames.detokenize).map(({ attributes }) => attributes[names.inputLength])).toEqual([maxTokens])
      for (const name of [names.writeUs, names.writeWaitUs])
        expect(named(spanNames.write)[0]?.attributes[name]).toBeGreaterThan(0)
      expect(root.attributes).toMatchObject({
        [names.operation]: 'chat',
        [names.provider]: 'tandem',
        [names.requestModel]: 'tiny',
        [names.stream]: true,
        [names.outputTokens]: maxTokens,
        [names.finishReasons]: ['length'],
      })
      const children = childrenOf(root).map(({ name }) => name)
      for (const name of ['admission', 'prompt', 'prefill', 'decode', 'detokenize', 'write'])
        expect(children).toContain(name)
    })

    test('has a span for each token, with its parts and the parts as children', () => {
      const tokens = named(spanNames.token).sort((a, b) => a.start - b.start)
      expect(tokens.map(({ attributes }) => attributes[names.tokenIndex])).toEqual([...Array(maxTokens).keys()])
      for (const token of tokens) {
        const part = (name: string) => Number(token.attributes[name] ?? 0)
        const sum =
          [names.dpoUs, names.sftUs, names.queueUs, names.wireUs, names.mergeUs].reduce(
            (all, name) => all + part(name),
            0,
          ) - part(names.overlapUs)
        expect(sum).toBe(part(names.stepUs))
        expect(token.attributes[names.tokenId]).toBeTypeOf('number')
        expect(token.attributes[names.candidates]).toBeGreaterThanOrEqual(1)
      }
      for (const token of tokens.slice(1)) {
        const drawn = token.end - token.start
        expect(Math.abs(drawn - Number(token.attributes[names.stepUs]))).toBeLessThanOrEqual(
          Math.max(0.05 * drawn, 500),
        )
        const children = childrenOf(token).map(({ name }) => name)
        for (const name of ['forward', 'wire', 'merge']) expect(children).toContain(name)
      }
    })

    test('is followed by the metrics of every process', async () => {
      const expected = [
        'tandem-gateway tandem.generation_tokens',
        'tandem-sft tandem.sessions',
        'tandem-dpo tandem.sessions',
      ]
      await expect.poll(() => expected.filter((name) => !receiver.metrics().has(name))).toEqual([])
    })

    test('has the step of each message in its service: queue and runs, inside of the message', () => {
      const steps = named(spanNames.step)
      expect(steps.length).toBeGreaterThanOrEqual(2 * maxTokens)
      for (const step of steps) {
        const call = parentOf(step)
        expect(['prefill', 'forward']).toContain(call?.name)
        expect(step.service).toBe(`tandem-${String(call?.attributes[names.model])}`)
        expect(step.start).toBeGreaterThanOrEqual((call?.start ?? 0) - clockError)
      }
      const runs = named(spanNames.run)
      for (const run of runs) {
        expect(run.attributes[names.batchSize]).toBe(1)
        expect(parentOf(run)?.name).toBe(spanNames.step)
      }
    })
  },
)

const spanCount = (name: string, spans: readonly ReceivedSpan[]) => spans.filter((span) => span.name === name).length
