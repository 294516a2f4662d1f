import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  buildModel,
  exportedInputs,
  exportedOutputs,
  exportedPastName,
  keyValueParts,
  type Manifest,
  manifestFileName,
} from '@tandem/models'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine, SessionCache } from '../engine.js'
import type { LogitsRow } from '../logits/logits-row.js'
import { logitsOf } from '../testing/index.js'
import { ExportedEngine } from './exported-engine.js'
import { int64 } from './graph-feeds.js'
import { loadEngine } from './load-engine.js'
import { floats } from './model-session.js'

const softwareGpu = '/usr/lib/chromium/vk_swiftshader_icd.json'
if (existsSync(softwareGpu)) process.env.VK_ICD_FILENAMES ??= softwareGpu

/**
 * Graphs of other exporters, compared with our graphs of the same weights, and with onnxruntime on
 * the whole text at once.
 */

const fixtures = (name: string) => fileURLToPath(new URL(`../../../../test/fixtures/${name}`, import.meta.url))
const exported = (name: string) => fixtures(`optimum/${name}`)
let folder: string
const engines: Engine[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-exported-'))
})
afterAll(async () => {
  for (const engine of engines) await engine.close()
  await rm(folder, { recursive: true, force: true })
})

interface Built {
  readonly engine: Engine
  readonly manifest: Manifest
  /** The model folder. */
  readonly out: string
}

async function load(source: string, adapter?: string): Promise<Built> {
  const out = join(folder, String(engines.length))
  const manifest = await buildModel({ source, adapter, out })
  const engine = await loadEngine({ folder: out, threads: 1, devices: [{ kind: 'cpu', unit: 0 }] })
  engines.push(engine)
  return { engine, manifest, out }
}

const text = [5, 100, 7, 42, 9, 300, 11, 12, 77, 78, 21, 33]

/**
 * All rows of a prompt in chunks, steps, a fork that continues differently, a rewind and a batch,
 * with the tokens before each.
 */
async function history(engine: Engine): Promise<{ rows: Float32Array; sequences: number[][] }> {
  const rows: LogitsRow[] = []
  const sequences: number[][] = []
  const held = new Map<SessionCache, number[]>()
  const forwardOf = (cache: SessionCache, position: number, ids: number[], rowIndices: number[]) => {
    const sequence = [...(held.get(cache) ?? []).slice(0, position), ...ids]
    held.set(cache, sequence)
    cache.reserve(sequence.length)
    sequences.push(...rowIndices.map((row) => sequence.slice(0, position + row + 1)))
    return { cache, position, tokenIds: Uint32Array.from(ids), rowIndices }
  }
  const run = async (...forward: Parameters<typeof forwardOf>) =>
    void rows.push(...(await engine.run(forwardOf(...forward))))
  const cache = engine.createCache()
  await run(cache, 0, text.slice(0, 5), [])
  await run(cache, 5, text.slice(5, 7), [0, 1])
  await run(cache, 7, [12], [0])
  const fork = cache.copy(9)
  held.set(fork, [...text.slice(0, 7), 12])
  await run(fork, 8, [77], [0])
  await run(cache, 4, [78, 79, 80], [1])
  cache.truncate(5)
  await run(cache, 5, [81], [0])
  const late = engine.createCache()
  late.reserve(6)
  late.copyFrom(fork, 3)
  held.set(late, text.slice(0, 3))
  rows.push(
    ...(
      await engine.runBatch(
        [cache, late].map((one, i) => forwardOf(one, one.length, [20 + i, 33], [1])),
        1e6,
      )
    ).flat(),
  )
  expect([cache.length, fork.length, late.length]).toEqual([8, 9, 5])
  for (const one of [cache, fork, late]) one.close()
  return { rows: logitsOf(rows), sequences }
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length)
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0)
}

describe('logits equal those of our own graph', () => {
  test.each([
    ['llama-tied/model.onnx', 'tiny/llama-tied', undefined, 1e-4],
    ['llama-tied/model_fp16.onnx', 'tiny/llama-tied', undefined, 0.05],
    ['llama-tied+lora', 'tiny/llama-tied', 'tiny/llama-tied+lora', 1e-4],
    ['llama-bare', 'more/llama-bare', undefined, 1e-4],
    ['qwen2-genai', 'tiny/qwen2', undefined, 1e-4],
  ])('%s', async (name, checkpoint, adapter, tolerance) => {
    const { engine, manifest } = await load(exported(name))
    const ours = await load(fixtures(checkpoint), adapter && fixtures(adapter))
    expect(engine).toBeInstanceOf(ExportedEngine)
    expect(engine.description).toMatchObject({
      rowSize: manifest.vocabularySize,
      contextLength: manifest.contextLength,
    })
    expect(engine.description.name).toMatch(/, cpu, 1 thread, exported graph$/)
    const [{ rows }, { rows: expected }] = [await history(engine), await history(ours.engine)]
    expect(largestDifference(rows, expected)).toBeLessThanOrEqual(tolerance)
    expect(Math.max(...rows)).toBeGreaterThan(2)
  })
})

describe('chunks, forks and rewinds give the same rows as the graph for the whole text', () => {
  // Dynamic quantisation has one scale for all tokens of a run, so chunks round differently.
  test.each([
    ['llama-tied/model_q4.onnx', 1e-4],
    ['llama-tied/model_quantized.onnx', 1],
  ])('%s', async (name, tolerance) => {
    const { engine, manifest, out } = await load(exported(name))
    const { rows, sequences } = await history(engine)
    const session = await InferenceSession.create(join(out, 'model.onnx'))
    const expected: number[] = []
    for (const sequence of sequences) expected.push(...(await wholeText(session, manifest, sequence)))
    await session.release()
    expect(largestDifference(rows, expected)).toBeLessThanOrEqual(tolerance)
  })
})

/** The last row of a run without a past. */
async function wholeText(session: InferenceSession, manifest: Manifest, sequence: number[]): Promise<Float32Array> {
  const { layers, keyValueHeads, headSize, vocabularySize } = manifest
  const dims = [1, sequence.length]
  const feeds: Record<string, Tensor> = {
    [exportedInputs.tokenIds]: int64(sequence, dims),
    [exportedInputs.attentionMask]: int64(
      sequence.map(() => 1),
      dims,
    ),
    [exportedInputs.positions]: int64(
      sequence.map((_, i) => i),
      dims,
    ),
  }
  for (let layer = 0; layer < layers; layer++)
    for (const part of keyValueParts)
      feeds[exportedPastName(layer, part)] = new Tensor('float32', new Float32Array(0), [1, keyValueHeads, 0, headSize])
  return floats(await session.run(feeds), exportedOutputs.logits).slice(-vocabularySize)
}

test('on WebGPU it gives the same, with keys and values in host memory', async (context) => {
  const { engine, out } = await load(exported('qwen2-genai'))
  const gpu = await loadEngine({ folder: out, threads: 1, devices: [{ kind: 'webgpu', unit: 0 }] }).catch(() => null)
  if (gpu === null) return context.skip('there is no WebGPU device')
  engines.push(gpu)
  // Each length needs one more shader to be compiled.
  const lastRows: Float32Array[] = []
  for (const one of [gpu, engine]) {
    const cache = one.createCache()
    cache.reserve(4)
    await one.run({ cache, position: 0, tokenIds: Uint32Array.of(5, 100, 7), rowIndices: [] })
    lastRows.push(logitsOf(await one.run({ cache, position: 2, tokenIds: Uint32Array.of(42), rowIndices: [0] })))
  }
  const [found = new Float32Array(0), expected = new Float32Array(0)] = lastRows
  expect(largestDifference(found, expected)).toBeLessThan(3e-3)
})

test('a failed run leaves the cache as it was', async () => {
  const { engine } = await load(exported('llama-bare'))
  const cache = engine.createCache()
  cache.reserve(20)
  const step = { cache, position: 3, tokenIds: Uint32Array.of(9), rowIndices: [0] }
  await engine.run({ cache, position: 0, tokenIds: Uint32Array.of(5, 6, 7), rowIndices: [] })
  const expected = logitsOf(await engine.run(step))
  await expect(engine.run({ ...step, position: 2, tokenIds: Uint32Array.of(8, 4000) })).rejects.toThrow('indices')
  expect(cache.length).toBe(4)
  expect(largestDifference(logitsOf(await engine.run(step)), expected)).toBe(0)
  expect(() => cache.truncate(5)).toThrow('a cache of 4 tokens cannot be cut to its first 5')
})

test('refuses the base variant', async () => {
  const { engine } = await load(exported('llama-bare'))
  expect(() => engine.createCache('base')).toThrow('this model has no adapter that can be switched off')
})

test.each([
  [{ layers: 1 }, /past_key_values\.1/],
  [{ keyValueHeads: 1 }, /past_key_values\.0\.key/],
  [{ vocabularySize: 401 }, 'the exported graph returned logits of shape [1,1,400]: expected [1,1,401]'],
])('refuses a manifest of another graph when it loads: %s', async (changes, message) => {
  const { out } = await load(exported('llama-bare'))
  const path = join(out, manifestFileName)
  const manifest = JSON.parse(await readFile(path, 'utf8'))
  await writeFile(path, JSON.stringify({ ...manifest, ...changes }))
  const loading = loadEngine({ folder: out, threads: 1, devices: [{ kind: 'cpu', unit: 0 }] })
  await expect(loading).rejects.toThrow(`the exported graph in ${out} does not run on cpu as its manifest says: `)
  await expect(loading).rejects.toThrow(message)
})
