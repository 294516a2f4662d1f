import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { buildModel } from '../build.js'
import type { Manifest } from '../manifest.js'
import { tinyFolder } from '../testing/reference.js'
import { encodeHeader } from './testing/safetensors-file.js'
import { createFolders } from './testing/temporary-folder.js'

const createFolder = createFolders(afterAll)
type Header = Record<string, { data_offsets: [number, number] }>

/** Copies a checkpoint and gives its tensors other names. */
async function renamed(name: string, rename: (tensor: string) => string): Promise<string> {
  const folder = join(await createFolder(), name)
  await mkdir(folder)
  for (const file of await readdir(join(tinyFolder, name))) {
    const bytes = await readFile(join(tinyFolder, name, file))
    await writeFile(join(folder, file), renameFile(file, bytes, rename))
  }
  return folder
}

function renameFile(file: string, bytes: Buffer, rename: (tensor: string) => string): Buffer {
  const renameKeys = (object: object) =>
    Object.fromEntries(Object.entries(object).map(([key, value]) => [key.startsWith('__') ? key : rename(key), value]))
  if (file.endsWith('.index.json')) {
    const index = JSON.parse(bytes.toString()) as { weight_map: object }
    return Buffer.from(JSON.stringify({ ...index, weight_map: renameKeys(index.weight_map) }))
  }
  if (!file.startsWith('model') || !file.endsWith('.safetensors')) return bytes
  const headerEnd = 8 + Number(bytes.readBigUInt64LE(0))
  const header = JSON.parse(bytes.toString('utf8', 8, headerEnd)) as Header
  return encodeHeader(JSON.stringify(renameKeys(header)), bytes.subarray(headerEnd))
}

const withoutPrefix = (tensor: string) => tensor.replace(/^model\./, '')
const build = async (source: string): Promise<Manifest> =>
  buildModel({ source, out: join(await createFolder(), basename(source)), precision: 'fp32' })
const graphOf = ({ files }: Manifest) => [files['model.onnx'], files['model.onnx.data']]

describe('a checkpoint whose tensors lack the prefix "model."', () => {
  it.each([
    ['with a tied output layer', 'llama-tied'],
    ['in shards', 'qwen3'],
    ['with its own output layer', 'olmo2'],
  ])('gives the same graph, %s', async (_, name) => {
    const plain = await build(join(tinyFolder, name))
    expect(graphOf(await build(await renamed(name, withoutPrefix)))).toEqual(graphOf(plain))
  })

  it('is refused if it lacks an output layer that is not tied', async () => {
    const folder = await renamed('llama3-rope', (tensor) =>
      tensor === 'lm_head.weight' ? 'left' : withoutPrefix(tensor),
    )
    await expect(build(folder)).rejects.toThrow(
      'the checkpoint has no tensor lm_head.weight, which its config.json requires. ' +
        'It was saved without its output layer (AutoModel), and its embedding is not tied to one',
    )
  })

  it('is refused if a tensor is there under both names', async () => {
    const folder = await renamed('llama-tied', (tensor) =>
      tensor === 'model.layers.1.mlp.up_proj.weight' ? 'layers.0.mlp.up_proj.weight' : tensor,
    )
    await expect(build(folder)).rejects.toThrow(
      'has the tensor layers.0.mlp.up_proj.weight and the tensor model.layers.0.mlp.up_proj.weight: expected only one',
    )
  })
})

describe('a checkpoint whose tensors have other names', () => {
  it.each([
    ['transformer', 'They are those of another architecture than model_type says, or of another program: save'],
    ['module.model', 'It was saved from inside a wrapper: unwrap the model and save it again'],
    ['model.language_model', 'They are those of another architecture'],
  ])('is refused with what to do: %s', async (prefix, advice) => {
    const folder = await renamed('llama-tied', (tensor) => tensor.replace(/^model\./, `${prefix}.`))
    await expect(build(folder)).rejects.toThrow(
      new RegExp(
        `the checkpoint has no tensor model\\.\\S+, which its config\\.json requires. Its tensors have other names: found ` +
          `"${prefix}\\.\\S+", expected "model\\.layers\\.0\\.\\.\\." or "layers\\.0\\.\\.\\."\\. ${advice}`,
      ),
    )
  })
})
