import { setTimeout as delay } from 'node:timers/promises'
import type { ScoreRequest__Output } from '@tandem/proto'
import pino from 'pino'
import { afterEach, expect, test } from 'vitest'
import { joinEngine, ToyEngine } from '../engine/testing/index.js'
import { ServiceError, statusCodes } from '../errors.js'
import { createMessageRecorder } from '../telemetry/message-recorder.js'
import { recordTelemetry, sampled } from '../telemetry/testing/record-telemetry.js'
import { ScoreAnswerer } from './answer-score.js'
import { Scorer } from './scorer.js'

/** What a reward service over the toy engine records of its requests. */

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

function createAnswerer() {
  const engine = new ToyEngine(1)
  const { host, close } = joinEngine(engine, { maxSessions: 4, maxPrompts: 4, maxBatch: 4, prefillChunk: 9 })
  cleanups.push(close)
  const { telemetry, spans, values } = recordTelemetry()
  const lines: string[] = []
  const answerer = new ScoreAnswerer({
    scorer: new Scorer(host, { vocabularySize: 32, contextLength: 64, padTokenId: 0 }, 64),
    requestTimeoutMs: 60_000,
    record: createMessageRecorder(telemetry, 'judge', 'score'),
    log: pino({ base: null }, { write: (line) => lines.push(line) }),
  })
  const score = (sequences: number[][], controller = new AbortController()) => {
    const request = { sequences: sequences.map((ids) => ({ ids })), traceparent: sampled.traceparent, timeoutMs: 0 }
    return answerer.answer(request as ScoreRequest__Output, controller)
  }
  return { engine, score, spans, values, lines }
}

const model = { model_name: 'judge', role: 'reward' }

test('a request is one span, in which a run of several sequences is one child', async () => {
  const { score, spans, values } = createAnswerer()
  await score([new Array(12).fill(1), new Array(12).fill(2)])
  const [root, queue, ...runs] = await spans()
  expect(root).toMatchObject({
    name: 'score',
    parentSpanContext: { spanId: sampled.spanId },
    attributes: { 'tandem.model': 'reward', 'tandem.tokens': 24 },
  })
  expect(queue?.name).toBe('queue')
  const tokens = runs.map(({ attributes }) => Number(attributes['tandem.tokens']))
  expect(tokens.reduce((a, b) => a + b)).toBe(24)
  const { spanId, startMs = 0, endMs = 0 } = root ?? {}
  for (const run of [queue, ...runs]) {
    expect(run?.parentSpanContext?.spanId).toBe(spanId)
    expect(run?.startMs).toBeGreaterThanOrEqual(startMs)
    expect(run?.endMs).toBeLessThanOrEqual(endMs)
  }
  expect(await values('serviceQueueTime')).toEqual([{ attributes: model, value: 1 }])
  expect(await values('serviceComputeTime')).toEqual([{ attributes: model, value: 1 }])
  const counted = (await values('batchSize')).reduce((sum, { value }) => sum + value, 0)
  expect(counted).toBe(runs.length)
})

test('counts each failed request once, by its status, and no cancelled one', async () => {
  const { engine, score, spans, values, lines } = createAnswerer()
  await expect(score([[1], [99]])).rejects.toThrow('expected an id below 32')
  const controller = new AbortController()
  engine.beforeRun = () => delay(1)
  const aborted = score([new Array(60).fill(1), new Array(60).fill(1)], controller)
  controller.abort(new ServiceError(statusCodes.cancelled, 'gone'))
  await expect(aborted).rejects.toThrow('gone')
  engine.beforeRun = () => {
    throw new Error('a broken graph')
  }
  await expect(score([[1], [2]])).rejects.toThrow('a broken graph')
  const errors = (code: string) => ({ attributes: { ...model, code }, value: 1 })
  expect(await values('serviceErrors')).toEqual([errors('INVALID_ARGUMENT'), errors('INTERNAL')])
  const roots = (await spans()).filter(({ name }) => name === 'score')
  expect(roots.map(({ attributes }) => attributes['error.type'])).toEqual(['INVALID_ARGUMENT', 'CANCELLED', 'INTERNAL'])
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ msg: 'a broken graph', trace_id: sampled.traceId }])
})
