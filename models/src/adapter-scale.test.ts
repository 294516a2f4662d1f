import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { assertAdapterScale } from './adapter-scale.js'
import { buildModel } from './build.js'
import { parseModelConfig } from './config.js'
import { openAdapter, openModelSource } from './read/open.js'
import type { Adapter, ModelSource, WeightSource } from './source.js'
import { GraphSession, largestLogDifference, loadGraph } from './testing/graph-session.js'
import { naiveForward } from './testing/naive-forward.js'
import { readReference, tinyFolder } from './testing/reference.js'
import { dequantize } from './weights/dequantize.js'

const source = join(tinyFolder, 'llama-tied')
const adapter = join(tinyFolder, 'llama-tied+lora')
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-scale-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A copy of the adapter, with lora_alpha times a factor. */
async function editedAdapter(factor: number): Promise<string> {
  const copy = join(folder, 'llama-tied+lora')
  await cp(adapter, copy, { recursive: true })
  const path = join(copy, 'adapter_config.json')
  const config = JSON.parse(await readFile(path, 'utf8'))
  await writeFile(path, JSON.stringify({ ...config, lora_alpha: config.lora_alpha * factor }))
  return copy
}

describe('the scale of an adapter', () => {
  it.each([{}, { merge: true }, { switched: true }, { precision: 'int8' as const }])(
    'gives the files of an adapter whose lora_alpha was edited, with %j',
    async (options) => {
      const build = (name: string, more: object) =>
        buildModel({ source, precision: 'fp32', ...options, ...more, out: join(folder, name) })
      const scaled = await build('scaled', { adapter, adapterScale: 0.4 })
      const edited = await build('edited', { adapter: await editedAdapter(0.4) })
      // The version is the hash of all files: these have the same bits.
      expect(scaled.version).toBe(edited.version)
      expect(scaled.adapter).toMatchObject({ name: 'llama-tied+lora', scale: 0.4 })
      expect(edited.adapter?.scale).toBe(1)
      const whole = await build('whole', { adapter })
      expect(whole.version).not.toBe(scaled.version)
      expect((await build('one', { adapter, adapterScale: 1 })).version).toBe(whole.version)
    },
  )

  it('gives the logits of W + 0.4 B A in the naive forward', async () => {
    const manifest = await buildModel({ source, adapter, adapterScale: 0.4, precision: 'fp32', out: join(folder, 'm') })
    const session = await loadGraph(join(folder, 'm', 'model.onnx'))
    const base = await openModelSource(source)
    try {
      const config = parseModelConfig(base.config, base.generationConfig)
      const [{ ids } = { ids: [] }] = await readReference('llama-tied')
      const [found = []] = await new GraphSession(session, manifest).append([ids])
      const forward = async (scale: number) => naiveForward(config, await mergedSource(base, scale), ids)
      expect(largestLogDifference(await forward(0.4), found)).toBeLessThanOrEqual(1e-4)
      expect(largestLogDifference(await forward(1), found)).toBeGreaterThan(0.01)
    } finally {
      await base.weights.close()
      await session.release()
    }
  })

  it('is part of what a folder is built from', async () => {
    const out = join(folder, 'model')
    const whole = await buildModel({ source, adapter, out })
    const scaled = await buildModel({ source, adapter, adapterScale: 0.5, out })
    expect(scaled.version).not.toBe(whole.version)
    expect(await buildModel({ source, adapter, out })).toEqual(whole)
  })

  it('without an adapter is refused', async () => {
    await expect(buildModel({ source, adapterScale: 0.4, out: join(folder, 'model') })).rejects.toThrow(
      'adapterScale is the scale of an adapter: give an adapter too',
    )
  })

  it.each([0, -0.4, Number.NaN, Number.POSITIVE_INFINITY, 101])('cannot be %s', async (scale) => {
    const message = `adapterScale is ${scale}: expected a number above 0 and at most 100`
    expect(() => assertAdapterScale(scale, 'adapterScale')).toThrow(message)
    await expect(buildModel({ source, adapter, adapterScale: scale, out: join(folder, 'model') })).rejects.toThrow(
      message,
    )
  })
})

/** The weights of the base, with scale * lora_alpha / r * B A added in plain loops. */
async function mergedSource(base: ModelSource, scale: number): Promise<WeightSource> {
  const whole = await openAdapter(adapter, base)
  return { ...base.weights, tensors: asFloats(base), readRows: (name) => readMerged(base, whole, scale, name) }
}

const asFloats = ({ weights }: ModelSource) =>
  new Map([...weights.tensors].map(([name, { shape }]) => [name, { type: 'F32' as const, shape }]))

async function readMerged({ weights }: ModelSource, { updates }: Adapter, scale: number, name: string) {
  const { type = 'F32', shape = [] } = weights.tensors.get(name) ?? {}
  const [rows = 1, columns = 1] = shape
  const values = dequantize(type, await weights.readRows(name, 0, shape.length === 1 ? 1 : rows))
  const update = updates.get(name)
  if (update === undefined) return new Uint8Array(values.buffer)
  const { a, b, rank } = update
  const merged = values.map((value, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns]
    let sum = 0
    for (let k = 0; k < rank; k++) sum += (b[row * rank + k] ?? 0) * (a[k * columns + column] ?? 0)
    return value + scale * sum
  })
  return new Uint8Array(merged.buffer)
}
