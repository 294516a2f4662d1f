import { ROOT_CONTEXT, SpanKind, TraceFlags, trace } from '@opentelemetry/api'
import { type Sampler, SamplingDecision } from '@opentelemetry/sdk-trace'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { attributeNames } from './attributes.js'
import { createJoiningSampler, createSampler } from './sampler.js'

const traceIds = fc
  .array(fc.integer({ min: 0, max: 0xffffffff }), { minLength: 4, maxLength: 4 })
  .map((words) => words.map((word) => word.toString(16).padStart(8, '0')).join(''))
const ratios = fc.double({ min: 0, max: 1, noNaN: true })
const someTrace = '0af7651916cd43dd8448eb211c80319c'

interface Request {
  readonly traceId?: string
  /** Whether the client's span is sampled; undefined without one. */
  readonly parent?: boolean
  readonly asks?: boolean
  /** Whether the parent is a span of this process. */
  readonly isLocal?: boolean
}

/** Returns whether the gateway samples a request. */
const isSampled = (environment: NodeJS.ProcessEnv, request: Request = {}) =>
  decides(createSampler(environment), request)

function decides(sampler: Sampler, { traceId = someTrace, parent, asks = false, isLocal = false }: Request): boolean {
  const traceFlags = parent ? TraceFlags.SAMPLED : TraceFlags.NONE
  const client = { traceId, spanId: 'b7ad6b7169203331', traceFlags, isRemote: !isLocal }
  const context = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, client)
  const attributes = asks ? { [attributeNames.tracesTokens]: true } : {}
  const { decision } = sampler.shouldSample(context, traceId, 'chat', SpanKind.SERVER, attributes, [])
  return decision === SamplingDecision.RECORD_AND_SAMPLED
}

test.each([
  // name, without a parent, with a sampled parent, with a parent that is not sampled
  [undefined, true, true, false],
  ['', true, true, false],
  ['always_on', true, true, true],
  ['always_off', false, false, false],
  ['parentbased_always_on', true, true, false],
  ['parentbased_always_off', false, true, false],
  ['traceidratio', true, true, true],
  ['parentbased_traceidratio', true, true, false],
])('OTEL_TRACES_SAMPLER=%s', (name, root, sampled, unsampled) => {
  const environment = name === undefined ? {} : { OTEL_TRACES_SAMPLER: name }
  expect([{}, { parent: true }, { parent: false }].map((request) => isSampled(environment, request))).toEqual([
    root,
    sampled,
    unsampled,
  ])
})

describe.each(['traceidratio', 'parentbased_traceidratio'])('%s', (name) => {
  const at = (ratio: number) => ({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: String(ratio) })

  it('samples nothing at 0, everything at 1, and at a higher ratio what it samples at a lower one', () => {
    fc.assert(
      fc.property(traceIds, ratios, ratios, (traceId, a, b) => {
        expect(isSampled(at(0), { traceId })).toBe(false)
        expect(isSampled(at(1), { traceId })).toBe(true)
        const [low, high] = [Math.min(a, b), Math.max(a, b)]
        if (isSampled(at(low), { traceId })) expect(isSampled(at(high), { traceId })).toBe(true)
      }),
    )
  })

  it('samples the share of traces that the ratio names', () => {
    const ids = fc.sample(traceIds, { numRuns: 4000, seed: 7 })
    const share = ids.filter((traceId) => isSampled(at(0.05), { traceId })).length / ids.length
    expect(share).toBeGreaterThan(0.03)
    expect(share).toBeLessThan(0.08)
  })
})

it('samples every request that asks for a span per token', () => {
  const names = fc.constantFrom('always_off', 'parentbased_always_off', 'parentbased_always_on', 'traceidratio')
  fc.assert(
    fc.property(names, traceIds, fc.constantFrom(true, false, undefined), (name, traceId, parent) => {
      const environment = { OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: '0' }
      const request = { traceId, asks: true, ...(parent === undefined ? {} : { parent }) }
      expect(isSampled(environment, request)).toBe(true)
    }),
  )
})

it('samples the children of sampled spans of this process, so that no trace has holes', () => {
  for (const name of ['always_off', 'traceidratio', 'parentbased_traceidratio']) {
    const environment = { OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: '0' }
    expect(isSampled(environment, { parent: true, isLocal: true })).toBe(true)
    expect(isSampled(environment, { parent: false, isLocal: true })).toBe(false)
  }
})

it('a service joins sampled traces and starts none', () => {
  const sampler = createJoiningSampler()
  expect([{}, { parent: true }, { parent: false }].map((request) => decides(sampler, request))).toEqual([
    false,
    true,
    false,
  ])
})

it('refuses other names', () => {
  for (const name of ['ALWAYS_ON', 'jaeger_remote', 'parentbased_', 'toString', 'always_on2'])
    expect(() => createSampler({ OTEL_TRACES_SAMPLER: name })).toThrow(
      `OTEL_TRACES_SAMPLER is "${name}": expected always_on, always_off, traceidratio, or one of these after parentbased_`,
    )
})

it('refuses ratios that are not numbers from 0 to 1', () => {
  for (const ratio of ['1.5', '-0.1', 'all', 'NaN', 'Infinity'])
    expect(() => createSampler({ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: ratio })).toThrow(
      `OTEL_TRACES_SAMPLER_ARG is "${ratio}": expected a number from 0 to 1`,
    )
})
