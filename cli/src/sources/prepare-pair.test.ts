import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadManifest } from '@tandem/models'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestContext } from '../testing/test-context.js'
import { preparePair } from './prepare-pair.js'

type PairOptions = Parameters<typeof preparePair>[0]

const fixture = (name: string) => fileURLToPath(new URL(`../../../test/fixtures/tiny/${name}`, import.meta.url))
const exported = (name: string) => fixture(`../optimum/${name}`)
const sft = fixture('llama-tied')
const dpo = fixture('llama-tied+lora')
let folder: string
let words: string[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-prepare-'))
  words = []
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function prepare(options: PairOptions, signal = new AbortController().signal) {
  const context = { ...createTestContext(join(folder, 'home'), (text) => words.push(text)), signal }
  return preparePair(options, context)
}

describe('preparePair', () => {
  it('builds both models into the cache, and finds them the next time', async () => {
    const pair = await prepare({ sft, dpo })
    expect(pair.name).toBe('llama-tied+lora')
    const manifests = [await loadManifest(pair.sft), await loadManifest(pair.dpo)]
    expect(manifests.map(({ adapter }) => adapter?.merged)).toEqual([undefined, false])
    expect(words.join('')).toContain('Building llama-tied: write 100%')

    const before = await stat(join(pair.dpo, 'tandem.json'))
    words = []
    expect(await prepare({ sft, dpo })).toEqual(pair)
    expect(words).toEqual([])
    expect((await stat(join(pair.dpo, 'tandem.json'))).mtimeMs).toBe(before.mtimeMs)
  })

  it('accepts exported graphs, also together with models of other kinds', async () => {
    const half = exported('llama-tied/model_fp16.onnx')
    const pair = await prepare({ sft: half, dpo: exported('llama-tied+lora') })
    expect(pair).toMatchObject({ name: 'llama-tied+lora', adapterBase: null, isPaired: false })
    const manifests = [await loadManifest(pair.sft), await loadManifest(pair.dpo)]
    expect(manifests.map(({ modelId }) => modelId)).toEqual(['llama-tied-fp16', 'llama-tied+lora'])
    expect(manifests.map(({ precision }) => precision)).toEqual(['exported', 'exported'])
    const mixed = await prepare({ sft, dpo: half })
    expect(mixed.name).toBe('llama-tied-fp16')
    expect(mixed.dpo).toBe(pair.sft)
    expect((await loadManifest(mixed.sft)).precision).toBe('fp32')
  })

  it('refuses an adapter on an exported graph, and another precision than its own', async () => {
    const graph = exported('llama-tied')
    await expect(prepare({ sft: graph, dpo })).rejects.toThrow(
      `--dpo ${dpo} is a LoRA adapter and --sft ${graph} is an exported graph: an adapter needs the weights`,
    )
    await expect(prepare({ sft: graph, dpo: graph, precision: 'int8' })).rejects.toThrow(
      'model.onnx is an exported graph, and its precision cannot be changed to int8: give another .onnx file',
    )
  })

  it('builds each precision separately', async () => {
    const plain = await prepare({ sft, dpo })
    const other = await prepare({ sft, dpo, precision: 'int8' })
    expect(other.sft).not.toBe(plain.sft)
    expect((await loadManifest(other.sft)).precision).toBe('int8')
  })

  it.each([false, true])('builds each scale of an adapter separately, in one folder: %s', async (paired) => {
    const whole = await prepare({ sft, dpo, paired })
    expect(await prepare({ sft, dpo, paired, adapter_scale: 1 })).toEqual(whole)
    const scaled = await prepare({ sft, dpo, paired, adapter_scale: 0.4 })
    expect(scaled.dpo).not.toBe(whole.dpo)
    expect(scaled.sft).toBe(paired ? scaled.dpo : whole.sft)
    const manifest = await loadManifest(scaled.dpo)
    expect(manifest.adapter).toMatchObject({ scale: 0.4, switched: paired })
    expect(manifest.version).not.toBe((await loadManifest(whole.dpo)).version)
  })

  it('builds once if two calls need the same model, and the second says what it waits for', async () => {
    const pairs = await Promise.all([prepare({ sft, dpo }), prepare({ sft, dpo })])
    expect(pairs[0]).toEqual(pairs[1])
    const waits = words.filter((text) => text.startsWith('Waiting for another process that builds llama-tied in '))
    expect(waits.length).toBeGreaterThan(0)
    const written = words.filter((text) => text.startsWith('Building llama-tied: write 100%'))
    expect(written).toHaveLength(1)
  })

  it('serves model folders as they are', async () => {
    const built = await prepare({ sft, dpo })
    const pair = await prepare({ sft: built.sft, dpo: built.dpo, name: 'mine' })
    expect(pair).toMatchObject({ name: 'mine', sft: built.sft, dpo: built.dpo })
    await expect(prepare({ sft: built.sft, dpo: built.dpo, precision: 'int4' })).rejects.toThrow(
      `${built.sft} was built with precision fp32, and --precision is int4. Remove --precision`,
    )
    await expect(prepare({ sft: built.sft, dpo })).rejects.toThrow(
      'an adapter needs the weights that it was trained on',
    )
  })

  it.each<[string, PairOptions, string]>([
    ['only one model', { sft }, '--dpo is missing: a pair needs two models. Give both --sft and --dpo, or --pair NAME'],
    ['only one model', { dpo }, '--sft is missing'],
    ['a pair and models', { sft, dpo, pair: 'x' }, '--pair names both models'],
    ['an unknown pair', { pair: 'x' }, 'there is no pair "x" in the catalog'],
    ['--paired without an adapter', { sft, dpo: sft, paired: true }, 'is not one. Remove --paired'],
    [
      'a scale of a full model',
      { sft, dpo: sft, adapter_scale: 0.4 },
      `--adapter-scale is 0.4, but only a LoRA adapter has a scale, and --dpo ${sft} is not one. Remove the scale`,
    ],
    ['an adapter as SFT', { sft: dpo, dpo: sft }, 'is a LoRA adapter, which needs a base model'],
  ])('refuses %s', async (_name, options, message) => {
    await expect(prepare(options)).rejects.toThrow(message)
  })

  it('leaves no loadable folder if it is interrupted', async () => {
    const controller = new AbortController()
    const preparing = prepare({ sft, dpo }, controller.signal)
    controller.abort(new Error('interrupted'))
    await expect(preparing).rejects.toThrow('interrupted')
    const models = join(folder, 'home', 'models')
    await mkdir(models, { recursive: true })
    expect(await readdir(models)).toEqual([])
  })

  it('builds again if a folder of the cache is damaged', async () => {
    const pair = await prepare({ sft, dpo })
    await writeFile(join(pair.sft, 'tandem.json'), '{}')
    await prepare({ sft, dpo })
    expect((await loadManifest(pair.sft)).architecture).toBe('llama')
    await rm(join(pair.dpo, 'model.onnx.data'))
    await prepare({ sft, dpo })
    expect(await readdir(pair.dpo)).toContain('model.onnx.data')
  })
})
