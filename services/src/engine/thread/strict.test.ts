import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildModel } from '@tandem/models'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OnnxEngine } from '../onnx/onnx-engine.js'
import { emptyWork, joinEngine, never, rowsOf, runReplaying, stepOf } from '../testing/index.js'
import type { LogitBackend } from './host.js'

/**
 * `strict` with 4-bit weights and int8 activations, which round differently in runs of other
 * shapes: all paths give the same bits.
 */

const source = fileURLToPath(new URL('../../../../test/fixtures/more/gguf-llama-q4_1', import.meta.url))
const tokens = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3]

let folder: string
let engine: OnnxEngine
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-strict-'))
  const model = join(source, 'model.gguf')
  await buildModel({ source: model, out: join(folder, 'native'), precision: 'native' })
  engine = await OnnxEngine.load({ folder: join(folder, 'native'), threads: 1 })
})
afterAll(async () => {
  await engine?.close()
  await rm(folder, { recursive: true, force: true })
})

/** All rows of `tokens` on one path, from a new service. */
async function rowsOnPath(
  strict: boolean,
  path: (host: LogitBackend, step: typeof stepOfModel) => Promise<Float32Array[]>,
  maxSessions = 64,
): Promise<Float32Array[]> {
  const { host, close } = joinEngine(shared(engine), { strict, maxSessions, prefillChunk: 16 })
  try {
    return await path(host, stepOfModel)
  } finally {
    await close()
  }
}

const stepOfModel = (name: string, prefix: readonly number[], more: readonly number[]) =>
  stepOf(name, prefix, more, { vocabularyLimit: engine.description.vocabularySize })

const oneByOne = (name: string) => async (host: LogitBackend, step: typeof stepOfModel) => {
  const rows = []
  for (const [i, id] of tokens.entries())
    rows.push(...rowsOf(await host.run({ ...emptyWork, steps: [step(name, tokens.slice(0, i), [id])] }, never())))
  return rows
}

const inOneStep = async (host: LogitBackend, step: typeof stepOfModel) =>
  rowsOf(await host.run({ ...emptyWork, steps: [step('a', [], tokens)] }, never()))

const amongOthers = async (host: LogitBackend, step: typeof stepOfModel) => {
  const [rows] = await Promise.all(['a', 'b', 'c', 'd'].map((name) => oneByOne(name)(host, step)))
  return rows ?? []
}

/**
 * Another session evicts this one before every step, so that each step is a replay from position 0.
 */
const afterEvictions = async (host: LogitBackend, step: typeof stepOfModel) => {
  let replays = 0
  const rows = []
  for (const [i, id] of tokens.entries()) {
    await host.run({ ...emptyWork, steps: [step('other', [], [1])] }, never())
    const outcome = await runReplaying(
      host,
      tokens.slice(0, i + 1),
      step('a', tokens.slice(0, i), [id]),
      () => replays++,
    )
    rows.push(...rowsOf(outcome).slice(-1))
  }
  expect(replays).toBe(tokens.length - 1)
  return rows
}

/** Shares one engine between services: they do not close it. */
const shared = (engine: OnnxEngine) => ({
  description: engine.description,
  batchMemory: engine.batchMemory,
  createCache: () => engine.createCache(),
  kvBytesPerToken: engine.kvBytesPerToken.bind(engine),
  run: engine.run.bind(engine),
  runBatch: engine.runBatch.bind(engine),
  close: async () => undefined,
})

test('strict gives the same bits one by one, in one step, among other sessions and after evictions', async () => {
  const expected = await rowsOnPath(true, oneByOne('a'))
  expect(expected.length).toBe(tokens.length)
  expect(await rowsOnPath(true, inOneStep)).toEqual(expected)
  expect(await rowsOnPath(true, amongOthers)).toEqual(expected)
  expect(await rowsOnPath(true, afterEvictions, 1)).toEqual(expected)
})

test('without strict the bits differ, so this test can find a fault', async () => {
  const rows = await rowsOnPath(false, inOneStep)
  expect(rows).not.toEqual(await rowsOnPath(true, inOneStep))
})

test('the description of the engine ends with strict', async () => {
  const { host, close } = joinEngine(shared(engine), { strict: true })
  expect((await host.ready).name).toBe(`${engine.description.name}, strict`)
  await close()
})
