import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attributeNames as names, spanNames } from '@tandem/telemetry'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Stack } from '../support/stack.js'
import { startTinyStack } from '../support/tiny-stack.js'
import { type Jaeger, type JaegerSpan, type JaegerTrace, startJaeger, withoutJaeger } from './testing/jaeger.js'
import { streamTraced } from './testing/stream-traced.js'

/**
 * A real Jaeger receives the trace of one streamed AAD answer, with the settings that the
 * documentation names.
 */

const maxTokens = 12
/** Ends a test that hangs. In milliseconds. */
const exportLimitMs = 120_000

describe.skipIf(withoutJaeger)(`Jaeger${withoutJaeger}`, () => {
  let folder: string
  let jaeger: Jaeger
  let stack: Stack
  let requestId: string
  let spans: readonly JaegerSpan[]
  let found: JaegerTrace

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tandem-jaeger-'))
    jaeger = await startJaeger(folder)
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: jaeger.endpoint,
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_BSP_SCHEDULE_DELAY: '100',
      OTEL_RESOURCE_ATTRIBUTES: 'ip=127.0.0.1',
    }
    stack = await startTinyStack({ env })
    requestId = await streamTraced(stack.url, { max_tokens: maxTokens })
    await vi.waitFor(async () => expect(await readTrace()).toEqual(['chat tiny']), {
      timeout: exportLimitMs,
      interval: 100,
    })
  })
  afterAll(async () => {
    await stack?.stop()
    await jaeger?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const named = (name: string) => spans.filter(({ operationName }) => operationName === name)
  const parentOf = ({ references }: JaegerSpan) => spans.find(({ spanID }) => spanID === references[0]?.spanID)
  const serviceOf = ({ processID }: JaegerSpan) => found.processes[processID]?.serviceName

  /** Reads the trace. Returns the names of its roots, and what a message to a service lacks. */
  async function readTrace(): Promise<string[]> {
    const traces = await jaeger.traces('tandem-gateway')
    if (traces.length !== 1) return [`${traces.length} traces`]
    found = traces[0] as JaegerTrace
    spans = found.spans
    const roots = spans.filter((span) => !parentOf(span)).map(({ operationName }) => operationName)
    // A message that was aborted may have no step.
    const messages = [...named(spanNames.prefill), ...named(spanNames.forward)]
    const answered = messages.filter(({ tags }) => !tags.some(({ key }) => key === names.errorType))
    const withoutStep = answered.filter((message) => !named(spanNames.step).some((step) => parentOf(step) === message))
    return [...roots, ...withoutStep.map(({ operationName }) => `${operationName} without a step`)]
  }

  test('knows the gateway and both services', async () => {
    expect([...(await jaeger.services())].sort()).toEqual(['tandem-dpo', 'tandem-gateway', 'tandem-sft'])
  })

  test('finds the trace of an answer by its x-request-id', async () => {
    const ids = (all: readonly JaegerTrace[]) => all.map(({ traceID }) => traceID)
    expect(ids(await jaeger.traces('tandem-gateway', { [names.requestId]: requestId }))).toEqual([found.traceID])
    expect(await jaeger.traces('tandem-gateway', { [names.requestId]: 'another' })).toEqual([])
  })

  test('shows one tree whose root is the request', () => {
    const roots = spans.filter((span) => !parentOf(span))
    expect(roots.map(({ operationName, references }) => [operationName, references])).toEqual([['chat tiny', []]])
    const children = spans.filter((span) => parentOf(span) === roots[0]).map(({ operationName }) => operationName)
    const expected = [spanNames.admission, spanNames.prompt, spanNames.prefill, spanNames.decode]
    expect(children).toEqual(expect.arrayContaining([...expected, spanNames.detokenize, spanNames.write]))
  })

  test('shows a span for each token, and the steps of each service in the messages to it', () => {
    const indexes = named(spanNames.token).map(({ tags }) => tags.find(({ key }) => key === names.tokenIndex)?.value)
    expect(indexes.sort((a, b) => Number(a) - Number(b))).toEqual([...Array(maxTokens).keys()])
    for (const token of named(spanNames.token)) expect(parentOf(token)?.operationName).toBe(spanNames.decode)
    const steps = named(spanNames.step)
    expect(new Set(steps.map(serviceOf))).toEqual(new Set(['tandem-dpo', 'tandem-sft']))
    for (const step of steps)
      expect([spanNames.prefill, spanNames.forward]).toContain(parentOf(step)?.operationName ?? 'none')
  })

  test('has no warning: no parent is missing, no clock differs, no span id is used twice', () => {
    expect([found.warnings ?? [], ...spans.map(({ warnings }) => warnings ?? [])].flat()).toEqual([])
  })
})
