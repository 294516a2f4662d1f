import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadManifest } from '@tandem/models'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestContext } from '../testing/test-context.js'
import { type AdapterBase, type ModelSource, prepareModel } from './prepare-model.js'

const fixture = (name: string) => fileURLToPath(new URL(`../../../test/fixtures/tiny/${name}`, import.meta.url))
const base = fixture('llama-tied')
const adapter = fixture('llama-tied+lora')
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-model-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function prepare(source: ModelSource, sft: AdapterBase | null = null, head: 'vocabulary' | 'score' = 'vocabulary') {
  const context = createTestContext(join(folder, 'home'))
  return prepareModel(source, head, '--model amateur', sft, context)
}

describe('prepareModel', () => {
  it('builds a checkpoint, and returns a model folder and a service unchanged', async () => {
    const built = await prepare({ source: base, precision: 'int8' })
    expect((await loadManifest(built)).precision).toBe('int8')
    expect(await prepare({ source: built })).toBe(built)
    expect(await prepare({ source: 'grpc://10.0.0.2:7003' })).toBe('grpc://10.0.0.2:7003')
  })

  it("applies an adapter to the pair's SFT model, or to its own base", async () => {
    const onSft = await prepare({ source: adapter }, { source: base })
    expect((await loadManifest(onSft)).adapter?.merged).toBe(false)
    expect(await prepare({ source: adapter, base })).toBe(onSft)
  })

  it('applies an adapter at a factor of its scale', async () => {
    const scaled = await prepare({ source: adapter, base, adapter_scale: 0.4 })
    expect((await loadManifest(scaled)).adapter?.scale).toBe(0.4)
    expect(await prepare({ source: adapter, base })).not.toBe(scaled)
  })

  it('refuses a language model in the place of a reward model before it is built', async () => {
    const expected = /^llama-tied(\+lora)? is a language model: expected a reward model/
    await expect(prepare({ source: base }, null, 'score')).rejects.toThrow(expected)
    await expect(prepare({ source: adapter, base }, null, 'score')).rejects.toThrow(expected)
    expect(await readdir(join(folder, 'home', 'models')).catch(() => [])).toEqual([])
  })

  it.each<[string, ModelSource, string]>([
    [
      'a scale for a source that is not an adapter',
      { source: base, adapter_scale: 0.4 },
      `--model amateur: adapter_scale is 0.4, but only a LoRA adapter has a scale, and ${base} is not one. Remove the scale`,
    ],
    [
      'an adapter without weights',
      { source: adapter },
      'Give the Hugging Face folder or GGUF file of its base as "base"',
    ],
    [
      'an adapter on an adapter',
      { source: adapter, base: adapter },
      `base ${adapter} is of kind "adapter"; expected a Hugging`,
    ],
    ['a base for a source that is not an adapter', { source: base, base }, 'but only a LoRA adapter has a base'],
    ['another precision', { source: 'built', precision: 'int4' }, 'was built with precision fp32'],
  ])('refuses %s', async (_name, source, message) => {
    const found = source.source === 'built' ? { ...source, source: await prepare({ source: base }) } : source
    await expect(prepare(found)).rejects.toThrow(message)
  })
})
