import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { statusCodes } from '../errors.js'
import { recordSpans } from './message-spans.js'
import { noWork, type ServedMessage } from './served-message.js'
import { recordTelemetry, sampled, unsampled } from './testing/record-telemetry.js'

const arrivedMs = 1_700_000_000_000
const run = { startMs: arrivedMs + 2, durationMs: 3, batchSize: 4, kind: 'prefill', tokens: 5 } as const
const message: ServedMessage = {
  role: 'dpo',
  traceparent: sampled.traceparent,
  tokens: 7,
  arrivedMs,
  answeredMs: arrivedMs + 10,
  work: {
    queueUs: 2000,
    computeUs: 5000,
    runs: [run, { ...run, startMs: arrivedMs + 6, durationMs: 2, kind: 'decode', tokens: 2 }],
  },
  failures: [],
}

/** The spans of a message. */
async function spansOf(more: Partial<ServedMessage> = {}) {
  const { telemetry, spans } = recordTelemetry()
  recordSpans(telemetry.tracer, 'step', { ...message, ...more })
  return spans()
}

test('a message is a span below the span of its sender, with children for the wait and each run', async () => {
  const spans = await spansOf()
  const [step] = spans.filter(({ name }) => name === 'step')
  expect(step).toMatchObject({
    kind: SpanKind.SERVER,
    parentSpanContext: { traceId: sampled.traceId, spanId: sampled.spanId, isRemote: true },
    attributes: {
      'tandem.model': 'dpo',
      'tandem.tokens': 7,
      'tandem.step.queue_us': 2000,
      'tandem.step.compute_us': 5000,
    },
    status: { code: SpanStatusCode.UNSET },
  })
  expect(spans.every(({ traceId }) => traceId === sampled.traceId)).toBe(true)
  const children = spans.filter((span) => span.parentSpanContext?.spanId === step?.spanId)
  expect(
    children.map((span) => [span.name, span.startMs - arrivedMs, span.endMs - arrivedMs, span.attributes]),
  ).toEqual([
    ['queue', 0, 2, {}],
    ['run', 2, 5, { 'tandem.batch.size': 4, 'tandem.tokens': 5 }],
    ['run', 6, 8, { 'tandem.batch.size': 4, 'tandem.tokens': 2 }],
  ])
  expect(spans.length).toBe(4)
})

test('a failure gives the span an error with the name of the status', async () => {
  const failures = [{ role: 'dpo', code: statusCodes.failedPrecondition, message: 'session "a" is not held' }]
  const [step, ...children] = await spansOf({ work: noWork, failures })
  expect(children).toEqual([])
  expect(step).toMatchObject({
    attributes: { 'error.type': 'FAILED_PRECONDITION' },
    status: { code: SpanStatusCode.ERROR, message: 'session "a" is not held' },
  })
})

test('a message that the gateway cancelled is not an error of the span', async () => {
  const failures = [{ role: 'dpo', code: statusCodes.cancelled, message: 'no longer needed' }]
  const [step] = await spansOf({ work: noWork, failures })
  expect(step).toMatchObject({ attributes: { 'error.type': 'CANCELLED' }, status: { code: SpanStatusCode.UNSET } })
})

test('a child does not leave its parent if the clocks of the threads differ', async () => {
  const early = { ...run, startMs: arrivedMs - 1, durationMs: 100 }
  const spans = await spansOf({ work: { ...message.work, runs: [early] } })
  for (const span of spans) {
    expect(span.startMs).toBeGreaterThanOrEqual(arrivedMs)
    expect(span.endMs).toBeLessThanOrEqual(message.answeredMs)
    expect(span.endMs).toBeGreaterThanOrEqual(span.startMs)
  }
})

test('a trace that the sender does not record has no spans', async () => {
  expect(await spansOf({ traceparent: unsampled })).toEqual([])
  expect(await spansOf({ traceparent: '' })).toEqual([])
})

/** What W3C allows, read once more: version, trace id, span id and the flag "sampled". */
function isSampledByW3C(text: string): boolean {
  const [version = '', traceId = '', spanId = '', flags = '', ...more] = text.trim().split('-')
  const isHex = (part: string, length: number) => part.length === length && /^[0-9a-f]*$/.test(part)
  const isNamed = isHex(traceId, 32) && isHex(spanId, 16) && /[^0]/.test(traceId) && /[^0]/.test(spanId)
  const isVersion = isHex(version, 2) && version !== 'ff' && (more.length === 0 || version !== '00')
  return isNamed && isVersion && isHex(flags, 2) && Number.parseInt(flags, 16) % 2 === 1
}

test('any traceparent gives spans only if it is valid and sampled, and never throws', async () => {
  const hex = (length: number) =>
    fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
  const valid = fc
    .tuple(fc.constantFrom('00', '01', 'ff', '0'), hex(32), hex(16), hex(2), fc.constantFrom('', '-more', '-'))
    .map(([version, traceId, spanId, flags, more]) => `${version}-${traceId}-${spanId}-${flags}${more}`)
  const damaged = fc
    .tuple(valid, fc.nat({ max: 60 }), fc.string({ maxLength: 2 }))
    .map(([text, at, inserted]) => text.slice(0, at) + inserted + text.slice(at + 1))
  const zeros = fc.constantFrom(
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`,
    sampled.traceparent.toUpperCase(),
  )
  const anything = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), valid, damaged, zeros)
  await fc.assert(
    fc.asyncProperty(anything, async (traceparent) => {
      // What is around the text is not of interest here: the library ignores one space.
      fc.pre(traceparent === traceparent.trim())
      expect((await spansOf({ traceparent })).length > 0).toBe(isSampledByW3C(traceparent))
    }),
    { numRuns: 500 },
  )
})
