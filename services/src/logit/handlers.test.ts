import { status } from '@grpc/grpc-js'
import { maxMessageBytes, type StepRequest, toFloat32Array, toUint32Array } from '@tandem/proto'
import { afterEach, expect, test } from 'vitest'
import type { ModelVariant } from '../engine/engine.js'
import { endToys, files, serveToy, step, unary } from './testing/toy-service.js'

afterEach(endToys)

test('answers the readouts of a step in their order, with the full row of the engine', async () => {
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

test('a vocabulary limit masks the ids beyond it in all readouts', async () => {
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
  [
    'an id outside the vocabulary',
    { steps: [step('a', [], [1, 32])] },
    'steps[0].token_ids[1] is 32: expected an id below 32',
  ],
  [
    'alpha 0',
    { steps: [step('a', [], [1], { readouts: [{ candidates: { alpha: 0 } }] })] },
    'steps[0].readouts[0].candidates.alpha is 0: expected a number in (0, 1]',
  ],
  [
    'alpha NaN',
    { steps: [step('a', [], [1], { readouts: [{ candidates: { alpha: Number.NaN } }] })] },
    'steps[0].readouts[0].candidates.alpha is NaN: expected a number in (0, 1]',
  ],
  [
    'a gather beyond the limit',
    { steps: [step('a', [], [1], { vocabularyLimit: 8, readouts: [{ gather: { rows: [{ ids: [8] }] } }] })] },
    'steps[0].readouts[0].gather.rows[0].ids[0] is 8: expected an id below 8',
  ],
  ['an empty session id', { steps: [step('', [], [1])] }, 'steps[0].session_id has 0 characters: expected 1 to 128'],
  [
    'a limit beyond the vocabulary',
    { steps: [step('a', [], [1], { vocabularyLimit: 33 })] },
    'steps[0].vocabulary_limit is 33: expected at most 32, the size of the vocabulary',
  ],
  [
    'readouts without rows',
    { steps: [step('a', [], [1], { rows: 'ROWS_NONE' })] },
    'steps[0] has readouts, but rows is ROWS_NONE: send ROWS_LAST or ROWS_ALL',
  ],
  [
    'an empty readout',
    { steps: [step('a', [], [1], { readouts: [{}] })] },
    'steps[0].readouts[0] has no kind: expected candidates, gather, top_k or full',
  ],
  [
    'too many tokens',
    { steps: [step('a', [], new Array(65).fill(1))] },
    'steps[0].token_ids: found 65, expected at most 64',
  ],
  [
    'a parent that is not an index',
    { reorder: { sessionIds: ['a'], parents: [1] } },
    'reorder.parents[0] is 1: expected an index into the 1 session_ids',
  ],
  [
    'a session twice',
    { reorder: { sessionIds: ['a', 'a'], parents: [0, 0] } },
    'reorder.session_ids names a session twice: name each session once',
  ],
  [
    'a role of a single model',
    { steps: [step('a', [], [1], { role: 'dpo' })] },
    'steps[0].role is "dpo": expected no role, because this service serves a single model',
  ],
  ['too many steps', { steps: new Array(257).fill(step('a', [], [1])) }, 'steps: found 257, expected at most 256'],
  [
    'too many forks',
    { forks: new Array(257).fill({ fromSessionId: 'a', toSessionId: 'b' }) },
    'forks: found 257, expected at most 256',
  ],
  [
    'too many sessions to close',
    { closeSessionIds: new Array(4097).fill('a') },
    'close_session_ids: found 4097, expected at most 4096',
  ],
  [
    'a long session id',
    { steps: [step('a'.repeat(129), [], [1])] },
    'steps[0].session_id has 129 characters: expected 1 to 128',
  ],
  [
    'too many readouts',
    { steps: [step('a', [], [1], { readouts: new Array(9).fill({ full: {} }) })] },
    'steps[0].readouts: found 9, expected at most 8',
  ],
  [
    'too many ids of readouts',
    { steps: [step('a', [], [1], { readouts: [{ gather: { rows: [{ ids: new Array(2 ** 20 + 1).fill(1) }] } }] })] },
    'ids of all readouts: found 1048577, expected at most 1048576',
  ],
  ['a negative id', { steps: [step('a', [], [-1])] }, 'steps[0].token_ids[0] is 4294967295: expected an id below 32'],
])('refuses %s and names the field', async (_, request, message) => {
  const { client } = await serveToy()
  const response = await unary(client, { ...request, requestId: 3 })
  expect(response).toMatchObject({ requestId: 3, results: [], error: { code: 3, message } })
})

test('runs steps of both models in one message, and refuses a step of the other model', async () => {
  const byRole = new Map([
    ['dpo', 'adapted'],
    ['sft', 'base'],
  ] as const)
  const { engine, client } = await serveToy({}, { models: { own: 'adapted', byRole } })
  const variants: ModelVariant[] = []
  engine.beforeRun = ({ cache }) => {
    variants.push(cache.variant)
  }
  const steps = [step('a', [], [1]), step('b', [], [1], { role: 'sft' }), step('c', [], [1], { role: 'dpo' })]
  const { results } = await unary(client, { steps })
  expect(results.map(({ position, error }) => [position, error])).toEqual([1, 1, 1].map((position) => [position, null]))
  expect(variants.sort()).toEqual(['adapted', 'adapted', 'base'])
  expect(engine.batches).toEqual([3])
  const strayed = await unary(client, { steps: [step('a', [1], [2], { role: 'sft' }), step('b', [1], [2])] })
  for (const { error } of strayed.results)
    expect(error).toMatchObject({ code: 3, message: expect.stringContaining("belongs to the pair's other model") })
  const unknown = await unary(client, { steps: [step('a', [1], [2], { role: 'judge' })] })
  expect(unknown.error).toMatchObject({ code: 3, message: 'steps[0].role is "judge": expected one of dpo, sft' })
})

test('answers a request past its time limit with an error, and stops its work', async () => {
  const { client, engine } = await serveToy({ prefillChunk: 1 })
  engine.beforeRun = () => new Promise((resolve) => setTimeout(resolve, 10))
  const response = await unary(client, { timeoutMs: 40, steps: [step('a', [], new Array(60).fill(1))] })
  expect(response.error).toMatchObject({ code: 4, message: 'the request was not finished within 40 ms' })
  const runs = engine.runs.length
  engine.beforeRun = () => undefined
  await unary(client, { steps: [step('b', [], [1])] })
  expect(engine.runs.length).toBeLessThanOrEqual(runs + 2)
})

test('applies the time limit of the service', async () => {
  const { client, engine } = await serveToy({ prefillChunk: 1 }, { requestTimeoutMs: 30 })
  engine.beforeRun = () => new Promise((resolve) => setTimeout(resolve, 10))
  const response = await unary(client, { timeoutMs: 60_000, steps: [step('a', [], new Array(60).fill(1))] })
  expect(response.error).toMatchObject({ code: 4, message: 'the request was not finished within 30 ms' })
})

test('answers the handshake and the text files', async () => {
  const { client } = await serveToy()
  const model = await new Promise((resolve) => client.getModel({}, (_, response) => resolve(response)))
  expect(model).toMatchObject({ modelId: 'toy', role: 'sft', vocabularySize: 32, engine: 'toy' })
  const chunks: unknown[] = []
  for await (const chunk of client.getTextFiles({})) chunks.push(chunk)
  expect(chunks).toEqual(files)
})

test('a position, a k or a message beyond every limit is refused or cut, and the service still answers', async () => {
  const { client } = await serveToy()
  const ask = (one: object, tokens: number[] = [1]) => unary(client, { steps: [step('a', [], tokens, one)] })
  const far = await ask({ position: 2 ** 32 - 1 })
  expect(far.results[0]?.error?.code).toBe(status.FAILED_PRECONDITION)
  const most = await ask({ readouts: [{ topK: { k: -1 } }] })
  expect(most.results[0]?.rows[0]?.scores[0]?.tokenIds.length).toBe(32 * 4)
  const huge = { traceparent: 'a'.repeat(maxMessageBytes), steps: [step('b', [], [1])] }
  await expect(unary(client, huge)).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED })
  expect((await ask({ position: 0 })).error).toBeNull()
})
