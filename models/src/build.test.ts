import { spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type BuildProgress, buildModel } from './build.js'
import { loadManifest } from './manifest.js'
import { tinyFolder } from './testing/reference.js'

const source = join(tinyFolder, 'llama-tied')
const adapter = join(tinyFolder, 'llama-tied+lora')
let folder: string
let out: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-build-'))
  out = join(folder, 'model')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

it('writes a model folder whose manifest describes its files', async () => {
  const manifest = await buildModel({ source, out })
  expect(await loadManifest(out)).toEqual(manifest)
  expect(manifest).toMatchObject({
    modelId: 'llama-tied',
    architecture: 'llama',
    precision: 'fp32',
    layers: 3,
    keyValueHeads: 2,
    headSize: 16,
    vocabularySize: 512,
    contextLength: 256,
    eosTokenIds: [2],
    bosTokenId: 1,
    adapter: null,
  })
  expect([...Object.keys(manifest.files), 'tandem.json'].sort()).toEqual((await readdir(out)).sort())
  for (const [name, { bytes }] of Object.entries(manifest.files)) expect((await stat(join(out, name))).size).toBe(bytes)
  expect(await readdir(folder)).toEqual(['model'])
})

it('does nothing the second time with the same inputs', async () => {
  const first = await buildModel({ source, out })
  const { mtimeMs } = await stat(join(out, 'model.onnx'))
  const phases = new Set<string>()
  const again = await buildModel({ source, out, onProgress: ({ phase }) => phases.add(phase) })
  expect(again).toEqual(first)
  expect([...phases]).toEqual(['hash', 'check'])
  expect((await stat(join(out, 'model.onnx'))).mtimeMs).toBe(mtimeMs)
})

it('builds again if an input, an option or a file has changed', async () => {
  const copy = join(folder, 'llama-tied')
  await cp(source, copy, { recursive: true })
  const plain = await buildModel({ source: copy, out })
  const separate = await buildModel({ source: copy, adapter, out })
  expect(separate.version).not.toBe(plain.version)
  expect(separate.modelId).toBe('llama-tied+lora')
  const merged = await buildModel({ source: copy, adapter, merge: true, out })
  expect(merged.adapter).toEqual({ ...separate.adapter, merged: true })
  const half = await buildModel({ source: copy, out, precision: 'fp16', modelId: 'half' })
  expect(half).toMatchObject({ modelId: 'half', precision: 'fp16' })

  await writeFile(join(copy, 'generation_config.json'), JSON.stringify({ eos_token_id: [2, 5] }))
  expect((await buildModel({ source: copy, out })).eosTokenIds).toEqual([2, 5])
  await rm(join(out, 'tokenizer.json'))
  await buildModel({ source: copy, out })
  expect(await readFile(join(out, 'tokenizer.json'))).toEqual(await readFile(join(copy, 'tokenizer.json')))
})

it('builds again if a file has other bytes of the same size', async () => {
  await buildModel({ source, out })
  const path = join(out, 'chat_template.jinja')
  const bytes = await readFile(path)
  await writeFile(path, Buffer.from(bytes).reverse())
  await buildModel({ source, out })
  expect(await readFile(path)).toEqual(bytes)
})

it('checks the text files before it writes anything', async () => {
  const copy = join(folder, 'llama-tied')
  await cp(source, copy, { recursive: true })
  const refused = async (name: string, content: string, message: string) => {
    await cp(source, copy, { recursive: true })
    await writeFile(join(copy, name), content)
    const phases: string[] = []
    const build = buildModel({ source: copy, out, onProgress: ({ phase }) => phases.push(phase) })
    await expect(build).rejects.toThrow(message)
    expect(phases).toEqual([])
  }
  await refused(
    'tokenizer.json',
    '{"model": {}}',
    'tokenizer.json cannot be used: model.vocab is missing: expected an object or a list. Save it again with',
  )
  await refused(
    'tokenizer.json',
    '{"model": {"vocab": {"a": 0, "b": "1"}}}',
    'cannot be used: model.vocab.b is "1": expected',
  )
  await refused('tokenizer.json', '[', 'tokenizer.json is not JSON')
  await refused('tokenizer_config.json', '{"a": ', 'tokenizer_config.json is not JSON')

  const validateText = (files: ReadonlyMap<string, Uint8Array>, { vocabularySize }: { vocabularySize: number }) => {
    throw new Error(`${vocabularySize} ids, ${[...files.keys()].sort().join(' ')}`)
  }
  await expect(buildModel({ source, out, validateText })).rejects.toThrow(
    '512 ids, chat_template.jinja config.json generation_config.json tokenizer.json tokenizer_config.json',
  )
  expect(await readdir(folder)).toEqual(['llama-tied'])
})

it('gives equal versions for equal builds', async () => {
  const one = await buildModel({ source, out })
  const two = await buildModel({ source, out: join(folder, 'other') })
  expect(two.version).toBe(one.version)
})

it('keeps the old folder if it is aborted, and leaves no other files', async () => {
  const before = await buildModel({ source, out })
  const controller = new AbortController()
  const abortInWrite = ({ phase }: BuildProgress) => {
    if (phase === 'write') controller.abort(new Error('enough'))
  }
  const build = buildModel({ source, out, precision: 'int8', onProgress: abortInWrite, signal: controller.signal })
  await expect(build).rejects.toThrow('enough')
  expect(await loadManifest(out)).toEqual(before)
  expect(await readdir(folder)).toEqual(['model'])
})

it('removes the folder of a killed build, but not the folder of a running one', async () => {
  const dead = spawnSync(process.execPath, ['--eval', '']).pid
  await mkdir(join(folder, `.model.building-${dead}-0`))
  await mkdir(join(folder, `.model.building-${process.ppid}-0`))
  await buildModel({ source, out })
  expect((await readdir(folder)).sort()).toEqual([`.model.building-${process.ppid}-0`, 'model'])
})

it('allows two builds of one folder at once', async () => {
  const [one, two] = await Promise.all([buildModel({ source, out }), buildModel({ source, out })])
  expect(one).toEqual(two)
  expect(await loadManifest(out)).toEqual(one)
  expect(await readdir(folder)).toEqual(['model'])
})

it('refuses to replace a folder that is not a model folder', async () => {
  await mkdir(out)
  await writeFile(join(out, 'thesis.txt'), '')
  await expect(buildModel({ source, out })).rejects.toThrow(
    `${out} exists and is not a model folder (it has no tandem.json): give the path of a new folder`,
  )
  await expect(buildModel({ source, out: join(out, 'thesis.txt') })).rejects.toThrow('is not a folder')
  expect(await readdir(out)).toEqual(['thesis.txt'])
})

it('refuses a grid that the source does not have', async () => {
  await expect(buildModel({ source, out, precision: 'native' })).rejects.toThrow(
    'precision "native" keeps the grid of a GGUF file, and this source is a safetensors checkpoint. ' +
      'Choose fp32, fp16, int8 or int4, or build from a GGUF file',
  )
})
