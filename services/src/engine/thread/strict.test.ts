import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildModel } from '@tandem/models'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LogitBackend } from './host.js'
import { OnnxEngine } from '../onnx/onnx-engine.js'
import { emptyWork, joinEngine, never, rowsOf, runReplaying, stepOf } from '../testing/index.js'

/** `strict` on 4-bit weights with int8 activations, which round differently in runs of other shapes: here all ways give the same bits. */

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

/** All rows of `tokens`, from a service of its own. */
async function rowsBy(
  strict: boolean,
  way: (host: LogitBackend, step: typeof stepOfModel) => Promise<Float32Array[]>,
  maxSessions = 64,
): Promise<Float32Array[]> {
  const { host, close } = joinEngine(shared(engine), { strict, maxSessions, prefillChunk: 16 })
  try {
    return await way(host, stepOfModel)
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

const besideOthers = async (host: LogitBackend, step: typeof stepOfModel) => {
  const [rows] = await Promise.all(['a', 'b', 'c', 'd'].map((name) => oneByOne(name)(host, step)))
  return rows ?? []
}

/** Another session takes the place of this one before every step, so that each is a replay from position 0. */
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

/** One engine for many services: none of them closes it. */
const shared = (engine: OnnxEngine) => ({
  description: engine.description,
  batchMemory: engine.batchMemory,
  createCache: () => engine.createCache(),
  run: engine.run.bind(engine),
  runBatch: engine.runBatch.bind(engine),
  close: async () => undefined,
})

test('strict: one by one, in one step, beside others and after evictions, bit for bit', async () => {
  const expected = await rowsBy(true, oneByOne('a'))
  expect(expected.length).toBe(tokens.length)
  expect(await rowsBy(true, inOneStep)).toEqual(expected)
  expect(await rowsBy(true, besideOthers)).toEqual(expected)
  expect(await rowsBy(true, afterEvictions, 1)).toEqual(expected)
})

test('without it the bits differ, so the test can see what it is for', async () => {
  const rows = await rowsBy(false, inOneStep)
  expect(rows).not.toEqual(await rowsBy(true, inOneStep))
})

test('the description says so', async () => {
  const { host, close } = joinEngine(shared(engine), { strict: true })
  expect((await host.ready).name).toBe(`${engine.description.name}, strict`)
  await close()
})
