import { credentials } from '@grpc/grpc-js'
import {
  channelOptions,
  emptyPrefixHash,
  extendPrefixHash,
  LogitService,
  type Step,
  type StepRequest,
  type StepResponse__Output,
  toFloat32Array,
  toUint32Array,
} from '@tandem/proto'
import pino from 'pino'
import { afterEach, expect, test } from 'vitest'
import type { ModelVariant } from '../engine/engine.js'
import { joinEngine } from '../engine/testing.js'
import { ToyEngine } from '../engine/toy-engine.js'
import { startGrpcServer } from '../grpc-server.js'
import { createLogitHandlers } from './handlers.js'
import { oneModel, type StepModels } from './parse-work.js'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const files = [
  { name: 'tokenizer.json', data: Buffer.from('{"a"') },
  { name: 'tokenizer.json', data: Buffer.from(':1}') },
  { name: 'config.json', data: Buffer.from('{}') },
]

async function serveToy(
  settings: Parameters<typeof joinEngine>[1] = {},
  { requestTimeoutMs = 60_000, models = oneModel }: { requestTimeoutMs?: number; models?: StepModels } = {},
) {
  const engine = new ToyEngine()
  const { host, close } = joinEngine(engine, settings)
  const handlers = createLogitHandlers({
    model: { modelId: 'toy', vocabularySize: 32, role: 'sft', engine: engine.description.name },
    models,
    description: engine.description,
    backend: host,
    textFiles: async function* () {
      yield* files
    },
    requestTimeoutMs,
    log: pino({ level: 'silent' }),
  })
  const server = await startGrpcServer({
    listen: '127.0.0.1:0',
    serviceNames: ['tandem.v1.LogitService'],
    addServices: (grpc) => grpc.addService(LogitService.service, handlers),
    reflection: null,
  })
  const client = new LogitService(server.address, credentials.createInsecure(), channelOptions)
  cleanups.push(
    close,
    () => server.drain(0),
    () => client.close(),
  )
  return { engine, server, client }
}

type ToyClient = Awaited<ReturnType<typeof serveToy>>['client']

const unary = (client: ToyClient, request: StepRequest) =>
  new Promise<StepResponse__Output>((resolve, reject) => {
    client.step(request, (error, response) => (response ? resolve(response) : reject(error)))
  })

const step = (sessionId: string, prefix: number[], tokenIds: number[], more: Step = {}): Step => ({
  sessionId,
  position: prefix.length,
  prefixHash: extendPrefixHash(emptyPrefixHash, prefix).toString(),
  tokenIds,
  rows: 'ROWS_LAST',
  readouts: [{ full: {} }],
  ...more,
})

/** The next `count` responses of a stream. */
function nextResponses(stream: ReturnType<ToyClient['stepStream']>, count: number): Promise<StepResponse__Output[]> {
  return new Promise((resolve, reject) => {
    const responses: StepResponse__Output[] = []
    const take = (response: StepResponse__Output) => {
      responses.push(response)
      if (responses.length < count) return
      stream.off('data', take)
      resolve(responses)
    }
    stream.on('data', take)
    stream.once('error', reject)
  })
}

test('a step answers its readouts in their order; the row is the full row of the engine', async () => {
  const { client } = await serveToy()
  const readouts = [
    { full: {} },
    { topK: { k: 3 } },
    { gather: { rows: [{ ids: [5, 2] }] } },
    { candidates: { alpha: 0.3 } },
  ]
  const response = await unary(client, { requestId: 7, steps: [step('a', [], [1, 2, 3], { readouts })] })
  const row = response.results[0]?.rows[0]
  const [full, top, gather, candidates] = row?.scores ?? []
  const logits = toFloat32Array(full?.logits ?? Buffer.alloc(0))
  const best = [...logits.keys()].sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0) || a - b)
  expect(response.requestId).toBe(7)
  expect(response.error).toBeNull()
  expect(logits.length).toBe(32)
  expect([...toUint32Array(top?.tokenIds ?? Buffer.alloc(1))]).toEqual(best.slice(0, 3))
  expect([...toFloat32Array(gather?.logits ?? Buffer.alloc(1))]).toEqual([logits[5], logits[2]])
  const threshold = Math.max(...logits) + Math.log(0.3)
  expect([...toUint32Array(candidates?.tokenIds ?? Buffer.alloc(1))]).toEqual(
    best.filter((id) => (logits[id] ?? 0) >= threshold),
  )
  expect(row?.max).toBe(Math.max(...logits))
  expect(row?.logSumExp).toBeCloseTo(Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0)), 10)
})

test('a vocabulary limit masks the ids beyond it everywhere', async () => {
  const { client } = await serveToy()
  const readouts = [{ full: {} }, { topK: { k: 99 } }]
  const limited = step('a', [], [1], { readouts, vocabularyLimit: 4 })
  const response = await unary(client, { steps: [limited] })
  const row = response.results[0]?.rows[0]
  const logits = toFloat32Array(row?.scores[0]?.logits ?? Buffer.alloc(0))
  expect(logits.length).toBe(4)
  expect(row?.scores[1]?.tokenIds.length).toBe(16)
  expect(row?.max).toBe(Math.max(...logits))
  expect(row?.logSumExp).toBeCloseTo(Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0)), 10)
})

test.each<[string, StepRequest, string]>([
  ['an id outside', { steps: [step('a', [], [1, 32])] }, 'steps[0].token_ids[1] is 32: ids below 32 take part'],
  [
    'alpha 0',
    { steps: [step('a', [], [1], { readouts: [{ candidates: { alpha: 0 } }] })] },
    'steps[0].readouts[0].candidates.alpha is 0: it must be in (0, 1]',
  ],
  [
    'alpha NaN',
    { steps: [step('a', [], [1], { readouts: [{ candidates: { alpha: Number.NaN } }] })] },
    'steps[0].readouts[0].candidates.alpha is NaN: it must be in (0, 1]',
  ],
  [
    'a gather beyond the limit',
    { steps: [step('a', [], [1], { vocabularyLimit: 8, readouts: [{ gather: { rows: [{ ids: [8] }] } }] })] },
    'steps[0].readouts[0].gather.rows[0].ids[0] is 8: ids below 8 take part',
  ],
  ['no session id', { steps: [step('', [], [1])] }, 'steps[0].session_id has 0 characters: it must have 1 to 128'],
  [
    'a limit beyond the vocabulary',
    { steps: [step('a', [], [1], { vocabularyLimit: 33 })] },
    'steps[0].vocabulary_limit is 33: the vocabulary has 32 ids',
  ],
  [
    'readouts without rows',
    { steps: [step('a', [], [1], { rows: 'ROWS_NONE' })] },
    'steps[0] has readouts but rows is ROWS_NONE: ask for ROWS_LAST or ROWS_ALL',
  ],
  [
    'an empty readout',
    { steps: [step('a', [], [1], { readouts: [{}] })] },
    'steps[0].readouts[0] has no kind: it must be candidates, gather, top_k or full',
  ],
  [
    'too many tokens',
    { steps: [step('a', [], new Array(65).fill(1))] },
    'steps[0].token_ids: found 65, at most 64 are taken',
  ],
  [
    'a parent outside',
    { reorder: { sessionIds: ['a'], parents: [1] } },
    'reorder.parents[0] is 1: it must be an index into the 1 session_ids',
  ],
  [
    'a session twice',
    { reorder: { sessionIds: ['a', 'a'], parents: [0, 0] } },
    'reorder.session_ids names a session twice',
  ],
  [
    'a role',
    { steps: [step('a', [], [1], { role: 'dpo' })] },
    'steps[0].role is "dpo": a service of one model takes none',
  ],
  ['too many steps', { steps: new Array(257).fill(step('a', [], [1])) }, 'steps: found 257, at most 256 are taken'],
])('%s is refused by name', async (_, request, message) => {
  const { client } = await serveToy()
  const response = await unary(client, { ...request, requestId: 3 })
  expect(response).toMatchObject({ requestId: 3, results: [], error: { code: 3, message } })
})

test("steps of an engine's models go in one message; a session stays with its own", async () => {
  const byRole = new Map([
    ['dpo', 'whole'],
    ['sft', 'base'],
  ] as const)
  const { engine, client } = await serveToy({}, { models: { own: 'whole', byRole } })
  const variants: ModelVariant[] = []
  engine.beforeRun = ({ cache }) => {
    variants.push(cache.variant)
  }
  const steps = [step('a', [], [1]), step('b', [], [1], { role: 'sft' }), step('c', [], [1], { role: 'dpo' })]
  const { results } = await unary(client, { steps })
  expect(results.map(({ position, error }) => [position, error])).toEqual([1, 1, 1].map((position) => [position, null]))
  expect(variants.sort()).toEqual(['base', 'whole', 'whole'])
  expect(engine.batches).toEqual([3])
  const strayed = await unary(client, { steps: [step('a', [1], [2], { role: 'sft' }), step('b', [1], [2])] })
  for (const { error } of strayed.results)
    expect(error).toMatchObject({ code: 3, message: expect.stringContaining("is one of the pair's other model") })
  const unknown = await unary(client, { steps: [step('a', [1], [2], { role: 'judge' })] })
  expect(unknown.error).toMatchObject({ code: 3, message: 'steps[0].role is "judge": its engine runs dpo, sft' })
})

test('a stream answers in the order of its requests, and its end closes its sessions', async () => {
  const { client } = await serveToy({ prefillChunk: 1 })
  const stream = client.stepStream()
  const answers = nextResponses(stream, 3)
  stream.write({ requestId: 1, steps: [step('long', [], new Array(20).fill(1))] })
  stream.write({ requestId: 2, steps: [step('short', [], [2])] })
  stream.write({ requestId: 3, steps: [step('short', [2], [3])] })
  const responses = await answers
  expect(responses.map((response) => response.requestId)).toEqual([1, 2, 3])
  expect(responses.map((response) => response.results[0]?.position)).toEqual([20, 1, 2])
  stream.on('data', () => undefined)
  const ended = new Promise((resolve) => stream.on('end', resolve))
  stream.end()
  await ended
  const after = await unary(client, { steps: [step('short', [2, 3], [4])] })
  expect(after.results[0]?.error).toMatchObject({
    code: 9,
    heldPosition: 0,
    heldPrefixHash: emptyPrefixHash.toString(),
  })
})

test('a session that is opened again before its close is answered ends with its stream too', async () => {
  const { client } = await serveToy({ prefillChunk: 1 })
  const stream = client.stepStream()
  const answers = nextResponses(stream, 3)
  stream.write({ requestId: 1, steps: [step('a', [], [1, 2, 3])] })
  stream.write({ requestId: 2, closeSessionIds: ['a'] })
  stream.write({ requestId: 3, steps: [step('a', [], [4])] })
  expect((await answers)[2]?.results[0]?.position).toBe(1)
  stream.on('data', () => undefined)
  const ended = new Promise((resolve) => stream.on('end', resolve))
  stream.end()
  await ended
  const after = await unary(client, { steps: [step('a', [4], [5])] })
  expect(after.results[0]?.error).toMatchObject({ code: 9, heldPosition: 0 })
})

test('a cancelled stream drops its work at the next chunk and closes its sessions', async () => {
  const { client, engine } = await serveToy({ prefillChunk: 1 })
  const stream = client.stepStream()
  stream.on('error', () => undefined)
  const cancelled = new Promise<void>((resolve) => {
    engine.beforeRun = async () => {
      if (engine.runs.length === 3) {
        stream.cancel()
        resolve()
      }
      await new Promise((wake) => setTimeout(wake, 5))
    }
  })
  stream.write({ steps: [step('a', [], new Array(60).fill(1))] })
  await cancelled
  await expect.poll(async () => (await unary(client, { steps: [step('a', [1], [1])] })).results[0]?.error?.code).toBe(9)
  const after = await unary(client, { steps: [step('a', [1], [1])] })
  expect(after.results[0]?.error?.heldPosition).toBe(0)
  expect(engine.runs.length).toBeLessThan(40)
})

test('a request past its time is answered so, and its work stops', async () => {
  const { client, engine } = await serveToy({ prefillChunk: 1 })
  engine.beforeRun = () => new Promise((resolve) => setTimeout(resolve, 10))
  const response = await unary(client, { timeoutMs: 40, steps: [step('a', [], new Array(60).fill(1))] })
  expect(response.error).toMatchObject({ code: 4, message: 'not done within 40 ms' })
  const runs = engine.runs.length
  engine.beforeRun = () => undefined
  await unary(client, { steps: [step('b', [], [1])] })
  expect(engine.runs.length).toBeLessThanOrEqual(runs + 2)
})

test('the service has a time limit of its own', async () => {
  const { client, engine } = await serveToy({ prefillChunk: 1 }, { requestTimeoutMs: 30 })
  engine.beforeRun = () => new Promise((resolve) => setTimeout(resolve, 10))
  const response = await unary(client, { timeoutMs: 60_000, steps: [step('a', [], new Array(60).fill(1))] })
  expect(response.error).toMatchObject({ code: 4, message: 'not done within 30 ms' })
})

test('the handshake and the text files', async () => {
  const { client } = await serveToy()
  const model = await new Promise((resolve) => client.getModel({}, (_, response) => resolve(response)))
  expect(model).toMatchObject({ modelId: 'toy', role: 'sft', vocabularySize: 32, engine: 'toy' })
  const chunks: unknown[] = []
  for await (const chunk of client.getTextFiles({})) chunks.push(chunk)
  expect(chunks).toEqual(files)
})
