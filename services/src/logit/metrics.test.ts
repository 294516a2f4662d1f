import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { WorkerOptions } from 'node:worker_threads'
import { credentials } from '@grpc/grpc-js'
import { buildModel, type Manifest } from '@tandem/models'
import { channelOptions, LogitService, type LogitServiceClient, type StepRequest } from '@tandem/proto'
import type { MetricKey } from '@tandem/telemetry'
import pino from 'pino'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type RecordedTelemetry, recordTelemetry } from '../telemetry/testing/record-telemetry.js'
import { parseLogitConfig } from './config.js'
import { startLogitService } from './start.js'
import { step, unary } from './testing/toy-service.js'

/**
 * The metrics of a service with a model in the engine's thread, after a scripted series of
 * messages. The thread runs what `npm run build` made.
 */

/** A thread without the options of the test's process, which would make it load TypeScript. */
vi.mock('node:worker_threads', async (load) => {
  const threads = await load<typeof import('node:worker_threads')>()
  class Worker extends threads.Worker {
    constructor(url: URL, options: WorkerOptions) {
      super(url, { ...options, execArgv: [] })
    }
  }
  return { ...threads, Worker }
})

const source = fileURLToPath(new URL('../../../test/fixtures/tiny/llama-tied', import.meta.url))
let folder: string
let manifest: Manifest
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-metrics-'))
  manifest = await buildModel({ source, out: join(folder, 'tiny'), precision: 'fp32' })
})
const cleanups: (() => unknown)[] = []
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup()
  await rm(folder, { recursive: true, force: true })
})

async function start(environment: Record<string, string> = {}) {
  const config = parseLogitConfig({
    TANDEM_MODEL: join(folder, 'tiny'),
    TANDEM_ROLE: 'dpo',
    TANDEM_THREADS: '1',
    TANDEM_MAX_SESSIONS: '9',
    TANDEM_KV_BYTES: '5000000',
    TANDEM_DRAIN_MS: '0',
    ...environment,
  })
  const recorded = recordTelemetry()
  const service = await startLogitService(config, pino({ level: 'silent' }), () => undefined, recorded.telemetry)
  const client = new LogitService(service.address, credentials.createInsecure(), channelOptions)
  cleanups.push(
    () => service.stop(),
    () => client.close(),
  )
  return { client, ...recorded }
}

/** The engine's metrics that have one value. */
async function engineMetrics({ values }: Pick<RecordedTelemetry, 'values'>, keys: readonly MetricKey[]) {
  const entries = []
  for (const key of keys) entries.push([key, (await values(key))[0]?.value] as const)
  return Object.fromEntries(entries)
}

const gauges = ['sessions', 'kvBytes', 'kvUsage', 'queueLength'] as const
const zeros = { sessions: 0, kvBytes: 0, kvUsage: 0, queueLength: 0 }

/** Sends a message on a stream that is then cancelled, once the engine works at it. */
async function sendAndAbort(client: LogitServiceClient, request: StepRequest, isAtWork: () => Promise<boolean>) {
  const stream = client.stepStream()
  stream.on('error', () => undefined)
  stream.write(request)
  await expect.poll(isAtWork).toBe(true)
  stream.cancel()
}

test('counts are exact after steps, errors and an abort, and gauges return to 0', async () => {
  const service = await start({ TANDEM_PREFILL_CHUNK: '4' })
  const { client, values } = service
  const numberOf = async (key: MetricKey) => (await values(key))[0]?.value ?? 0
  const read = { readouts: [{ topK: { k: 1 } }], prefixScope: 'scope' }
  const limits = await engineMetrics(service, ['sessionLimit', 'kvLimit', ...gauges])
  expect(limits).toEqual({ sessionLimit: 9, kvLimit: 5_000_000, ...zeros })

  await unary(client, { steps: [step('a', [], [1, 2, 3], read)] })
  await unary(client, { steps: [step('a', [1, 2, 3], [4], read)] })
  await unary(client, { steps: [step('a', [1, 2, 3, 4], [5], read)] })
  await unary(client, { steps: [step('a', [9], [5], read), step('b', [], [1, 2], read)] })
  await unary(client, { steps: [step('a', [], [512], read)] })
  await expect.poll(() => engineMetrics(service, gauges)).toMatchObject({ sessions: 2, queueLength: 0 })
  const { kvBytes = 0, kvUsage } = await engineMetrics(service, gauges)
  expect(kvBytes).toBeGreaterThan(0)
  expect(kvUsage).toBe(kvBytes / 5_000_000)

  // Some seconds of work: the prompt is read again in each step.
  const long = step('c', [], new Array(200).fill(7), { rows: 'ROWS_NONE', readouts: [] })
  await sendAndAbort(client, { steps: new Array(256).fill(long) }, async () => (await numberOf('queueLength')) > 0)
  await unary(client, { closeSessionIds: ['a', 'b'] })
  await expect.poll(() => engineMetrics(service, gauges)).toEqual(zeros)

  const model = { model_name: manifest.modelId, role: 'dpo' }
  const one = (attributes: object, value: number) => ({ attributes: { ...model, ...attributes }, value })
  await expect
    .poll(() => values('serviceErrors'))
    .toEqual([one({ code: 'FAILED_PRECONDITION' }, 1), one({ code: 'INVALID_ARGUMENT' }, 1)])
  expect(await values('serviceQueueTime')).toEqual([one({}, 4)])
  expect(await values('serviceComputeTime')).toEqual([one({}, 4)])
  expect(await values('batchSize')).toEqual([one({ kind: 'decode' }, 4)])
  expect(await values('evictions')).toEqual([one({}, 0)])
  const [runs] = await values('engineRuns')
  expect(runs?.attributes).toEqual(model)
  expect(runs?.value).toBeGreaterThanOrEqual(5)
  expect(await numberOf('engineBusy')).toBeGreaterThan(0)
})

test('counts the tokens of prompts that come from the prefix cache', async () => {
  const service = await start({ TANDEM_PREFILL_CHUNK: '16' })
  const prompt = Array.from({ length: 40 }, (_, i) => 5 + i)
  const read = { readouts: [{ topK: { k: 1 } }], prefixScope: 'scope' }
  for (const id of ['a', 'b'])
    await unary(service.client, { steps: [step(id, [], prompt, read)], closeSessionIds: [id] })
  await expect
    .poll(() => engineMetrics(service, ['prefixQueries', 'prefixHits', 'sessions']))
    .toEqual({ prefixQueries: 80, prefixHits: 32, sessions: 0 })
})
