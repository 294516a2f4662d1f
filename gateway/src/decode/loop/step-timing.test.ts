import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ServiceCall } from '../../session/contract/service-call.js'
import { type StepTiming, toStepTiming } from './step-timing.js'

const call = (model: string, sentMs: number, receivedMs: number, changes: Partial<ServiceCall> = {}): ServiceCall => ({
  model,
  tokens: 1,
  isReplay: false,
  sentMs,
  receivedMs,
  queueUs: 0,
  computeUs: 0,
  ...changes,
})

const sumOf = (timing: StepTiming) =>
  (timing.dpoUs ?? 0) +
  (timing.sftUs ?? 0) +
  timing.otherUs -
  timing.overlapUs +
  timing.queueUs +
  timing.wireUs +
  timing.mergeUs

describe('the parts of a step', () => {
  test('one call: compute and queue from the service, wire the rest of the call, merge the rest', () => {
    const timing = toStepTiming(100, 110, [call('dpo', 101, 109, { computeUs: 5_000, queueUs: 1_000, tokens: 3 })])
    expect(timing).toEqual({
      startMs: 100,
      endMs: 110,
      stepUs: 10_000,
      dpoUs: 5_000,
      sftUs: null,
      otherUs: 0,
      overlapUs: 0,
      queueUs: 1_000,
      wireUs: 2_000,
      mergeUs: 2_000,
      dpoTokens: 3,
      sftTokens: null,
      dpoQueueUs: 1_000,
      sftQueueUs: null,
      replayedModels: [],
    })
  })

  test('two calls at once: the one that is answered last counts, the other one overlaps', () => {
    const dpo = call('dpo', 100, 105, { computeUs: 4_000 })
    const sft = call('sft', 100, 108, { computeUs: 7_000 })
    expect(toStepTiming(100, 108, [dpo, sft])).toMatchObject({
      dpoUs: 4_000,
      sftUs: 7_000,
      overlapUs: 4_000,
      wireUs: 1_000,
      mergeUs: 0,
    })
  })

  test('calls one after the other all count', () => {
    const calls = [call('dpo', 100, 104, { computeUs: 4_000 }), call('sft', 105, 108, { computeUs: 3_000 })]
    expect(toStepTiming(100, 108, calls)).toMatchObject({ dpoUs: 4_000, sftUs: 3_000, overlapUs: 0, mergeUs: 1_000 })
  })

  test('a call that was sent in an earlier step counts from the start of this one', () => {
    const eager = call('sft', 90, 103, { computeUs: 12_000, queueUs: 500 })
    expect(toStepTiming(100, 104, [eager])).toMatchObject({
      stepUs: 4_000,
      sftUs: 12_000,
      overlapUs: 9_000,
      queueUs: 0,
      wireUs: 0,
      mergeUs: 1_000,
    })
  })

  test('a readout of a row that the service holds is no run, and its time is wire', () => {
    expect(toStepTiming(100, 102, [call('sft', 100, 102, { tokens: 0 })])).toMatchObject({
      dpoUs: null,
      sftUs: null,
      sftTokens: null,
      wireUs: 2_000,
    })
  })

  test('additional models count together', () => {
    const calls = ['a', 'b'].map((model) => call(model, 100, 103, { computeUs: 3_000 }))
    expect(toStepTiming(100, 103, calls)).toMatchObject({ otherUs: 6_000, overlapUs: 3_000, wireUs: 0, mergeUs: 0 })
  })

  test('names the models that were replayed', () => {
    expect(toStepTiming(100, 103, [call('sft', 100, 103, { isReplay: true })]).replayedModels).toEqual(['sft'])
  })
})

const times = fc.double({ min: -5, max: 25, noNaN: true })
const calls = fc.array(
  fc.record({
    model: fc.constantFrom('dpo', 'sft', 'amateur'),
    tokens: fc.nat(3),
    isReplay: fc.boolean(),
    sentMs: times,
    durationMs: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 20, noNaN: true })),
    queueUs: fc.nat(20_000),
    computeUs: fc.nat(20_000),
  }),
  { maxLength: 8 },
)

test('all parts are at least 0 and add up exactly, for any calls', () => {
  const property = fc.property(calls, fc.double({ min: 0, max: 20, noNaN: true }), (found, lengthMs) => {
    const start = 1_000.123
    const timing = toStepTiming(
      start,
      start + lengthMs,
      found.map(({ durationMs, ...one }) => ({
        ...one,
        sentMs: start + one.sentMs,
        receivedMs: start + one.sentMs + durationMs,
      })),
    )
    const { startMs, endMs, replayedModels, ...parts } = timing
    for (const part of Object.values(parts)) expect(part === null || (Number.isInteger(part) && part >= 0)).toBe(true)
    expect(sumOf(timing)).toBe(timing.stepUs)
    expect(Math.abs(timing.stepUs - lengthMs * 1000)).toBeLessThan(1)
    for (const [model, us, tokens] of [
      ['dpo', timing.dpoUs, timing.dpoTokens],
      ['sft', timing.sftUs, timing.sftTokens],
    ] as const) {
      const hasRun = found.some((one) => one.model === model && (one.tokens > 0 || one.computeUs > 0))
      expect([us !== null, tokens !== null]).toEqual([hasRun, hasRun])
    }
  })
  fc.assert(property, { numRuns: 500 })
})
