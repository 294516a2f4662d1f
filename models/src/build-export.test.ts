import { cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type BuildProgress, buildModel } from './build.js'
import { keyValueBytesPerToken, loadManifest } from './manifest.js'
import { tinyFolder } from './testing/reference.js'

const fixture = (name: string) => fileURLToPath(new URL(`../../test/fixtures/optimum/${name}`, import.meta.url))
let folder: string
let out: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-export-'))
  out = join(folder, 'model')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

it('makes a model folder with the same graph and weights, and the text files of a checkpoint', async () => {
  const manifest = await buildModel({ source: fixture('llama-tied+lora'), out })
  expect(await loadManifest(out)).toEqual(manifest)
  expect(manifest).toMatchObject({
    modelId: 'llama-tied+lora',
    architecture: 'llama',
    head: 'vocabulary',
    precision: 'exported',
    exportedGraph: { keyValueType: 'float32' },
    vocabularySize: 512,
    eosTokenIds: [2],
    bosTokenId: 1,
    adapter: null,
    source: { kind: 'onnx' },
  })
  expect([...Object.keys(manifest.files), 'tandem.json'].sort()).toEqual((await readdir(out)).sort())
  for (const name of ['model.onnx', 'model.onnx_data'])
    expect(await readFile(join(out, name))).toEqual(await readFile(join(fixture('llama-tied+lora/onnx'), name)))
  const ours = await buildModel({ source: join(tinyFolder, 'llama-tied'), out: join(folder, 'ours') })
  expect(manifest.tokenizerFingerprint).toBe(ours.tokenizerFingerprint)
  expect(manifest.chatTemplateFingerprint).toBe(ours.chatTemplateFingerprint)
  expect(ours.exportedGraph).toBeNull()
})

it('counts two bytes for float16', async () => {
  const half = await buildModel({ source: fixture('llama-tied/model_fp16.onnx'), out })
  expect(half).toMatchObject({ modelId: 'llama-tied-fp16', exportedGraph: { keyValueType: 'float16' } })
  expect(keyValueBytesPerToken(half)).toBe(3 * 2 * 2 * 16 * 2)
})

it('does nothing the second time, and builds again for another graph', async () => {
  const first = await buildModel({ source: fixture('llama-tied'), out, modelId: 'mine' })
  const { mtimeMs } = await stat(join(out, 'model.onnx'))
  expect(await buildModel({ source: fixture('llama-tied/model.onnx'), out, modelId: 'mine' })).toEqual(first)
  expect((await stat(join(out, 'model.onnx'))).mtimeMs).toBe(mtimeMs)
  const other = await buildModel({ source: fixture('llama-tied/model_q4.onnx'), out, modelId: 'mine' })
  expect(other.version).not.toBe(first.version)
})

it('stops during a copy if it is aborted, and leaves no files', async () => {
  const controller = new AbortController()
  const onProgress = ({ phase }: BuildProgress) => {
    if (phase === 'write') controller.abort(new Error('enough'))
  }
  const build = buildModel({ source: fixture('llama-tied'), out, onProgress, signal: controller.signal })
  await expect(build).rejects.toThrow(/enough|abort/)
  expect(await readdir(folder)).toEqual([])
})

it('refuses an adapter and a precision, and checks the tokenizer before it writes', async () => {
  const source = fixture('llama-tied')
  await expect(buildModel({ source, out, adapter: join(tinyFolder, 'llama-tied+lora') })).rejects.toThrow(
    `${join(source, 'model.onnx')} is an exported graph, and an adapter needs weights: apply ${tinyFolder}llama-tied+lora to the safetensors`,
  )
  await expect(buildModel({ source, out, precision: 'int8' })).rejects.toThrow(
    'is an exported graph, and its precision cannot be changed to int8: give another .onnx file',
  )
  const bare = join(folder, 'bare')
  await cp(fixture('llama-bare'), bare, { recursive: true })
  await rm(join(bare, 'tokenizer.json'))
  await expect(buildModel({ source: bare, out })).rejects.toThrow('the source has no tokenizer.json')
  expect(await readdir(folder)).toEqual(['bare'])
})
