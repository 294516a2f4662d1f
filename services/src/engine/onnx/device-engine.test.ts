import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildModel, type Precision } from '@tandem/models'
import { afterAll, describe, expect, test } from 'vitest'
import type { Engine, SessionCache } from '../engine.js'
import type { LogitsRow } from '../logits/logits-row.js'
import { logitsOf } from '../testing/index.js'
import { DeviceEngine } from './device-engine.js'
import { OnnxEngine } from './onnx-engine.js'

/**
 * Keys and values on the device give the same logits as those in host memory. Chromium ships a GPU
 * in software.
 */

const softwareGpu = '/usr/lib/chromium/vk_swiftshader_icd.json'
if (existsSync(softwareGpu)) process.env.VK_ICD_FILENAMES ??= softwareGpu

const fixture = (name: string) => fileURLToPath(new URL(`../../../../test/fixtures/tiny/${name}`, import.meta.url))
const folder = await mkdtemp(join(tmpdir(), 'tandem-device-'))
const engines: Engine[] = []
afterAll(async () => {
  for (const engine of engines) await engine.close()
  await rm(folder, { recursive: true, force: true })
})

async function loadBoth(precision: Precision) {
  const out = join(folder, precision)
  await buildModel({ source: fixture('qwen3'), out, precision })
  const settings = { folder: out, threads: 1 }
  const gpu = await DeviceEngine.load({ ...settings, device: { kind: 'webgpu', unit: 0 } })
  engines.push(gpu)
  const host = await OnnxEngine.load(settings)
  engines.push(host)
  return { gpu, host }
}

const canRun = await loadBoth('fp32').catch((error: unknown) => {
  console.warn(`WebGPU is not tested: ${error instanceof Error ? error.message : String(error)}`)
  return null
})

/**
 * All rows of a prompt in chunks, steps, a fork that continues differently, a rewind and a batch.
 */
async function history(engine: Engine): Promise<Float32Array> {
  const rows: LogitsRow[] = []
  const run = async (cache: SessionCache, position: number, ids: number[], rowIndices: number[]) => {
    cache.reserve(position + ids.length)
    rows.push(...(await engine.run({ cache, position, tokenIds: Uint32Array.from(ids), rowIndices })))
  }
  const cache = engine.createCache()
  await run(cache, 0, [5, 100, 7, 42, 9], [])
  await run(cache, 5, [300, 11], [0, 1])
  await run(cache, 7, [12], [0])
  const fork = cache.copy(9)
  await run(fork, 8, [77], [0])
  await run(cache, 4, [78, 79], [1])
  const late = engine.createCache()
  late.reserve(6)
  late.copyFrom(fork, 3)
  const forwards = [cache, late].map((one, i) => {
    one.reserve(one.length + 2)
    return { cache: one, position: one.length, tokenIds: Uint32Array.of(20 + i, 33), rowIndices: [1] }
  })
  rows.push(...(await engine.runBatch(forwards, 1e6)).flat())
  expect([cache.length, fork.length, late.length]).toEqual([8, 9, 5])
  for (const one of [cache, fork, late]) one.close()
  return logitsOf(rows)
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length)
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0)
}

describe.skipIf(canRun === null)('on WebGPU', () => {
  test('logits equal those of the CPU at fp32', async () => {
    const { gpu, host } = canRun ?? (await loadBoth('fp32'))
    expect(gpu.description).toMatchObject({ device: { kind: 'webgpu' }, name: expect.stringContaining('webgpu') })
    expect(largestDifference(await history(gpu), await history(host))).toBeLessThan(3e-3)
  })

  test('leaves the scan of a row to the host', async () => {
    const { gpu, host } = canRun ?? (await loadBoth('fp32'))
    const bestOf = async (engine: Engine) => {
      const cache = engine.createCache()
      cache.reserve(1)
      const [row] = await engine.run({ cache, position: 0, tokenIds: Uint32Array.of(5), rowIndices: [0] })
      return row?.cut(engine.description.vocabularySize).best
    }
    expect(await bestOf(gpu)).toBeNull()
    expect((await bestOf(host))?.ids).toHaveLength(64)
  })

  test('logits equal those of the CPU with 4-bit blocks', async () => {
    const { gpu, host } = await loadBoth('int4')
    expect(largestDifference(await history(gpu), await history(host))).toBeLessThan(2e-2)
  })
})
