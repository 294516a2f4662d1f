import type { StepRequest, StepResponse__Output } from '@tandem/proto'
import pino from 'pino'
import { afterEach, expect, test } from 'vitest'
import { epochMs } from '../engine/epoch-ms.js'
import { recordTelemetry, sampled, unsampled } from '../telemetry/testing/record-telemetry.js'
import { endToys, serveToy, step, unary } from './testing/toy-service.js'

/** What a logit service over the toy engine records of its messages. */

afterEach(endToys)

const pair = {
  own: 'adapted',
  byRole: new Map([
    ['dpo', 'base'],
    ['sft', 'adapted'],
  ] as const),
} as const

test('the spans of streamed messages have parents, attributes and times', async () => {
  const { telemetry, spans } = recordTelemetry()
  const { client } = await serveToy({ prefillChunk: 5 }, { telemetry })
  const before = epochMs()
  const stream = client.stepStream()
  const send = (request: StepRequest) =>
    new Promise<StepResponse__Output>((resolve) => {
      stream.once('data', resolve)
      stream.write(request)
    })
  const { traceparent } = sampled
  const prefill = await send({ traceparent, steps: [step('a', [], new Array(12).fill(1))] })
  await send({ traceparent: unsampled, steps: [step('a', new Array(12).fill(1), [2])] })
  await send({ steps: [step('a', [...new Array(12).fill(1), 2], [3])] })
  const lost = await send({ traceparent, steps: [step('b', [1], [2])] })
  stream.on('error', () => undefined)
  stream.cancel()
  const all = await spans()
  expect(all.map(({ name }) => name)).toEqual(['step', 'queue', 'run', 'run', 'run', 'step'])
  const [first, ...children] = all.slice(0, 5)
  const second = all[5]
  for (const span of [first, second])
    expect(span?.parentSpanContext).toMatchObject({ traceId: sampled.traceId, spanId: sampled.spanId })
  expect(first?.attributes).toEqual({
    'tandem.model': 'sft',
    'tandem.tokens': 12,
    'tandem.step.queue_us': prefill.queueUs,
    'tandem.step.compute_us': prefill.computeUs,
  })
  expect(children.map(({ attributes }) => attributes['tandem.tokens'])).toEqual([undefined, 5, 5, 2])
  for (const child of children) expect(child.parentSpanContext?.spanId).toBe(first?.spanId)
  // Each child begins when the one before it has ended; all are within their parent.
  const { startMs = 0, endMs = 0 } = first ?? {}
  const inOrder = [before, startMs, ...children.flatMap((child) => [child.startMs, child.endMs]), endMs, epochMs()]
  expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b))
  expect(lost.results[0]?.error?.code).toBe(9)
  expect(second?.attributes['error.type']).toBe('FAILED_PRECONDITION')
})

test('counts messages and errors by the role of their steps, and no role that a client invents', async () => {
  const { telemetry, values } = recordTelemetry()
  const { client } = await serveToy({}, { telemetry, models: pair })
  await unary(client, { steps: [step('a', [], [1]), step('b', [], [1], { role: 'dpo' })] })
  await unary(client, { steps: [step('a', [1], [2])] })
  await unary(client, { steps: [step('b', [1], [2], { role: 'dpo' })] })
  await unary(client, { steps: [step('b', [1, 2], [3], { role: 'dpo' })] })
  await unary(client, { steps: [step('b', [9], [3], { role: 'dpo' }), step('x', [1], [3])] })
  await unary(client, { steps: [step('a', [1], [2], { role: 'invented' })] })
  await unary(client, { steps: [step('a', [], []), step('b', [], [99], { role: 'dpo' })] })
  await unary(client, { closeSessionIds: ['a', 'b'] })
  const byRole = async (key: Parameters<typeof values>[0]) =>
    Object.fromEntries(
      (await values(key)).map(({ attributes: { model_name: _, ...rest }, value }) => [
        Object.values(rest).join(' '),
        value,
      ]),
    )
  expect(await byRole('serviceQueueTime')).toEqual({ 'dpo,sft': 1, sft: 1, dpo: 2 })
  expect(await byRole('serviceComputeTime')).toEqual({ 'dpo,sft': 1, sft: 1, dpo: 2 })
  expect(await byRole('batchSize')).toEqual({ 'dpo,sft decode': 1, 'sft decode': 1, 'dpo decode': 2 })
  expect(await byRole('serviceErrors')).toEqual({
    'dpo FAILED_PRECONDITION': 1,
    'sft FAILED_PRECONDITION': 1,
    'sft INVALID_ARGUMENT': 1,
    'dpo,sft INVALID_ARGUMENT': 1,
  })
  for (const { attributes } of await values('serviceErrors')) expect(attributes.model_name).toBe('toy')
})

test('counts a message that the stream refuses', async () => {
  const { telemetry, values } = recordTelemetry()
  const { client } = await serveToy({}, { telemetry })
  const stream = client.stepStream()
  stream.on('error', () => undefined)
  const answered = new Promise<StepResponse__Output>((resolve) => stream.once('data', resolve))
  const forks = Array.from({ length: 1025 }, (_, i) => ({ fromSessionId: 'a', toSessionId: `s${i}` }))
  stream.write({ forks })
  expect((await answered).error?.code).toBe(8)
  stream.end()
  expect(await values('serviceErrors')).toEqual([
    { attributes: { model_name: 'toy', role: 'sft', code: 'RESOURCE_EXHAUSTED' }, value: 1 },
  ])
})

test('a failure is logged with its trace, and not with what else a client sends', async () => {
  const lines: string[] = []
  const { client, engine } = await serveToy({}, { log: pino({ base: null }, { write: (line) => lines.push(line) }) })
  engine.beforeRun = () => {
    throw new Error('a broken graph')
  }
  await unary(client, { traceparent: sampled.traceparent, steps: [step('a', [], [1])] })
  await unary(client, { traceparent: 'made up', steps: [step('a', [], [1])] })
  const logged = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(logged).toMatchObject([
    { msg: 'a broken graph', trace_id: sampled.traceId, span_id: sampled.spanId },
    { msg: 'a broken graph' },
  ])
  expect(Object.keys(logged[1] ?? {})).toEqual(['level', 'time', 'msg'])
})
