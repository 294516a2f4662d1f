import { cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { buildModel } from './build.js'
import { loadManifest, rowSize } from './manifest.js'
import { GraphSession, loadGraph } from './testing/graph-session.js'
import { tinyFolder } from './testing/reference.js'

const rewardFolder = new URL('../../test/fixtures/tiny-reward/', import.meta.url).pathname
const source = join(rewardFolder, 'base')
const adapter = join(rewardFolder, 'base+lora')
const score = z.object({ ids: z.array(z.int()), score: z.number() })
const reference = z
  .object({ base: z.array(score), 'base+lora': z.array(score) })
  .parse(JSON.parse(await readFile(join(rewardFolder, 'reference.json'), 'utf8')))

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-reward-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function scores(path: string, sequences: readonly (readonly number[])[]): Promise<number[]> {
  const manifest = await loadManifest(path)
  const session = await loadGraph(join(path, 'model.onnx'))
  const found: number[] = []
  for (const ids of sequences) {
    const [rows = []] = await new GraphSession(session, { ...manifest, vocabularySize: rowSize(manifest) }).append([
      ids,
    ])
    found.push(rows.at(-1)?.[0] ?? Number.NaN)
  }
  await session.release()
  return found
}

const builds = [
  { label: 'a checkpoint', name: 'base' as const, adapter: undefined, merge: false },
  { label: 'an adapter with a head of its own', name: 'base+lora' as const, adapter, merge: false },
  { label: 'that adapter merged', name: 'base+lora' as const, adapter, merge: true },
]

describe.each(builds)('a reward model from $label', ({ name, adapter, merge }) => {
  it.each([
    ['fp32', 1e-4],
    ['fp16', 0.01],
    // int8 activations, computed twice, are exact here. The rounding of the random weights is not.
    ['int8', 0.2],
  ] as const)('at %s scores as transformers, within %d', async (precision, tolerance) => {
    const out = join(folder, `${name}-${merge}-${precision}`)
    await buildModel({ source, adapter, merge, out, precision })
    const found = await scores(
      out,
      reference[name].map(({ ids }) => ids),
    )
    reference[name].forEach(({ score }, i) => {
      expect(Math.abs((found[i] ?? Number.NaN) - score)).toBeLessThan(tolerance)
    })
  })
})

it('the manifest has the head of a reward model and its padding token', async () => {
  const out = join(folder, 'named')
  const manifest = await buildModel({ source, adapter, out })
  expect(manifest).toMatchObject({ head: 'score', padTokenId: 0, modelId: 'base+lora' })
  expect(rowSize(manifest)).toBe(1)
  const language = await buildModel({ source: join(tinyFolder, 'llama-tied'), out: join(folder, 'language') })
  expect(language).toMatchObject({ head: 'vocabulary', padTokenId: null })
})

it('refuses a model with another head than the wanted one, and writes nothing', async () => {
  const out = join(folder, 'not-built')
  await expect(buildModel({ source, head: 'vocabulary', out })).rejects.toThrow(
    'base is a reward model: expected a language model (reward models are given as --reward NAME=SOURCE)',
  )
  await expect(buildModel({ source: join(tinyFolder, 'llama-tied'), head: 'score', out })).rejects.toThrow(
    'llama-tied is a language model: expected a reward model (an architecture that ends in ForSequenceClassification ' +
      '(config.json), or a LoRA adapter of task_type SEQ_CLS)',
  )
  await expect(stat(out)).rejects.toThrow('ENOENT')
})

it('a classifier adapter turns a language model into a reward model', async () => {
  const copy = join(folder, 'language-model')
  await cp(source, copy, { recursive: true })
  const path = join(copy, 'config.json')
  const config: object = JSON.parse(await readFile(path, 'utf8'))
  await writeFile(path, JSON.stringify({ ...config, architectures: ['LlamaForCausalLM'] }))
  const out = join(folder, 'lifted')
  expect(await buildModel({ source: copy, adapter, out })).toMatchObject({ head: 'score', padTokenId: 0 })
  const [first] = reference['base+lora']
  expect((await scores(out, [first?.ids ?? []]))[0]).toBeCloseTo(first?.score ?? Number.NaN, 4)
})

/** Copies the tiny adapter with another config. */
async function adapterOf(changes: object): Promise<string> {
  const copy = join(folder, `adapter-${JSON.stringify(changes).length}`)
  await cp(adapter, copy, { recursive: true })
  const path = join(copy, 'adapter_config.json')
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...changes }))
  return copy
}

it('refuses more than one label, a missing head and a pair', async () => {
  const copy = join(folder, 'copy')
  await cp(source, copy, { recursive: true })
  const weights = join(copy, 'model.safetensors')
  const bytes = await readFile(weights, 'latin1')
  const change = (name: string, shape: string) =>
    writeFile(
      weights,
      bytes.replace('"score.weight":{"dtype":"F32","shape":[1,64]', `"${name}":{"dtype":"F32","shape":${shape}`),
      'latin1',
    )
  const build = (more: object = {}) => buildModel({ source: copy, out: join(folder, 'refused'), ...more })

  await change('score.weight', '[2,32]')
  await expect(build()).rejects.toThrow(
    'score.weight has shape [2,32], which is 2 labels: expected one label. Train it with num_labels=1',
  )
  await change('other.weight', '[1,64]')
  await expect(build()).rejects.toThrow('a reward model needs the tensor score.weight, and neither')
  await expect(buildModel({ source, adapter, switched: true, out: join(folder, 'refused') })).rejects.toThrow(
    '--switched is for pairs of language models, and this is a reward model: leave --switched out',
  )
  await expect(
    buildModel({
      source,
      adapter: await adapterOf({ modules_to_save: ['score', 'lm_head'] }),
      out: join(folder, 'refused'),
    }),
  ).rejects.toThrow('has modules_to_save ["score","lm_head"], which cannot be applied')
})
