import { cp, mkdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { GraphBuilder } from '../../onnx/graph-builder.js'
import { encodeGraph } from '../../onnx/in-memory.js'
import type { ElementType } from '../../onnx/schema.js'
import { writeGraph } from '../../onnx/writer.js'
import { createFolders } from '../testing/temporary-folder.js'
import { openExport } from './open-export.js'
import { scanGraph } from './scan-graph.js'

const createFolder = createFolders(afterAll)
const fixture = (name: string) => fileURLToPath(new URL(`../../../../test/fixtures/optimum/${name}`, import.meta.url))

/** Copies an exported folder, so that a test can damage it. */
async function copyOf(name: string): Promise<string> {
  const folder = join(await createFolder(), name)
  await cp(fixture(name), folder, { recursive: true })
  return folder
}

describe('openExport', () => {
  it.each([
    ['llama-tied/model.onnx', 'float32', [3, 2, 16, 512, 256], []],
    ['llama-tied/model_fp16.onnx', 'float16', [3, 2, 16, 512, 256], []],
    ['llama-tied/model_q4.onnx', 'float32', [3, 2, 16, 512, 256], []],
    ['llama-tied+lora/onnx/model.onnx', 'float32', [3, 2, 16, 512, 256], ['model.onnx_data']],
    ['llama-bare/model.onnx', 'float32', [2, 4, 12, 400, 128], []],
    ['qwen2-genai/model.onnx', 'float32', [3, 2, 16, 512, 256], ['model.onnx.data']],
  ])('reads %s', async (path, keyValueType, [layers, keyValueHeads, headSize, vocabularySize, contextLength], data) => {
    const source = await openExport(fixture(path))
    expect(source).toMatchObject({ graph: fixture(path), keyValueType })
    expect(source.model).toMatchObject({ layers, keyValueHeads, headSize, vocabularySize, contextLength })
    expect(source.externalFiles.map((file) => basename(file))).toEqual(data)
    expect(source.files.map((file) => basename(file))).toEqual([
      ...[...source.textFiles.keys()],
      basename(path),
      ...data,
    ])
    expect(source.textFiles.has('tokenizer.json')).toBe(true)
  })

  it('refuses a graph that is cut off at any place', async () => {
    const folder = await copyOf('llama-bare')
    const path = join(folder, 'model.onnx')
    const whole = await readFile(path)
    const cuts = [whole.length - 1, whole.length >> 1, 40, 3, 0]
    for (const bytes of cuts) {
      await truncate(path, bytes)
      await expect(openExport(path), `${bytes} bytes`).rejects.toThrow(/is the download complete\?/i)
      await expect(openExport(path)).rejects.toThrow(path)
    }
    await writeFile(path, whole.subarray(0, 1000))
    await expect(openExport(path)).rejects.toThrow(/ ends after 1000 bytes: expected \d{6}; is the download complete/)
    await writeFile(path, 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n')
    await expect(openExport(path)).rejects.toThrow(`${path} is not an ONNX file`)
  })

  it('refuses weight files that are missing or cut off', async () => {
    const folder = await copyOf('llama-tied+lora')
    const path = join(folder, 'onnx', 'model.onnx')
    const data = join(folder, 'onnx', 'model.onnx_data')
    await truncate(data, 1000)
    await expect(openExport(path)).rejects.toThrow(
      /model\.onnx_data ends after 1000 bytes: expected \d+; is the download/,
    )
    await rm(data)
    await expect(openExport(path)).rejects.toThrow(
      `${path} keeps weights in model.onnx_data, which is missing; is the download complete?`,
    )
  })

  it('refuses weights at an offset that is not a number', async () => {
    const folder = await copyOf('llama-tied+lora')
    const path = join(folder, 'onnx', 'model.onnx')
    const bytes = await readFile(path)
    const offset = bytes.indexOf('offset') + 'offset'.length + 2
    bytes[offset] = 'x'.charCodeAt(0)
    await writeFile(path, bytes)
    await expect(openExport(path)).rejects.toThrow(/the offset of the tensor ".+" in model\.onnx_data is "x.*"/)
  })

  it('follows symbolic links, as in the cache of the Hugging Face hub', async () => {
    const folder = await copyOf('llama-tied+lora')
    const data = join(folder, 'onnx', 'model.onnx_data')
    await rename(data, join(folder, 'blob'))
    await symlink('../blob', data)
    expect((await openExport(join(folder, 'onnx', 'model.onnx'))).externalFiles).toEqual([data])
  })

  it.each([
    ['num_hidden_layers', 4, 'with number of layers 3, and config.json says 4; give the config.json of the model'],
    ['num_key_value_heads', 4, 'with number of key/value heads 2, and config.json says 4'],
    ['head_dim', 32, 'with head size 16, and config.json says 32'],
    ['vocab_size', 500, 'with vocabulary size 512, and config.json says 500'],
    [
      'max_position_embeddings',
      null,
      'nor config.json has the context length: add max_position_embeddings to config.json',
    ],
  ])('refuses a config.json with another %s', async (key, value, message) => {
    const folder = await copyOf('llama-tied')
    const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))
    await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config, [key]: value }))
    await expect(openExport(join(folder, 'model.onnx'))).rejects.toThrow(message)
  })

  it('requires a config.json', async () => {
    const folder = await copyOf('qwen2-genai')
    await rm(join(folder, 'config.json'))
    await expect(openExport(join(folder, 'model.onnx'))).rejects.toThrow('model.onnx has no config.json next to it')
  })
})

type Values = Record<string, [ElementType, (string | number)[]]>
const past: Values[string] = ['float32', ['b', 2, 'past', 4]]
const cached: Values = { 'past_key_values.0.key': past, 'past_key_values.0.value': past }
const present: Values = { 'present.0.key': past, 'present.0.value': past }
const ids: Values = { input_ids: ['int64', ['b', 's']] }
const logits: Values = { logits: ['float32', ['b', 's', 10]] }

function graphOf(inputs: Values, outputs: Values): GraphBuilder {
  const graph = new GraphBuilder()
  for (const [name, [type, shape]] of Object.entries(inputs)) graph.input(name, type, shape)
  for (const [name, [type, shape]] of Object.entries(outputs)) graph.output(name, type, shape)
  return graph
}

/** Creates a folder with a graph that has these inputs and outputs and computes nothing. */
async function folderWith(inputs: Values, outputs: Values): Promise<string> {
  const folder = await createFolder()
  await writeFile(join(folder, 'model.onnx'), await encodeGraph(graphOf(inputs, outputs), 'test'))
  const config = { model_type: 'new', vocab_size: 10, max_position_embeddings: 8, num_hidden_layers: 1 }
  await writeFile(join(folder, 'config.json'), JSON.stringify(config))
  return join(folder, 'model.onnx')
}

describe('a graph', () => {
  it('can have any architecture and only some of the inputs', async () => {
    const { model } = await openExport(await folderWith({ ...ids, ...cached }, { ...logits, ...present }))
    expect(model).toMatchObject({ architecture: 'new', layers: 1, keyValueHeads: 2, headSize: 4, vocabularySize: 10 })
  })

  it('can have its sizes in config.json only', async () => {
    const open = ['float32', ['b', 'heads', 'past', 'size']] satisfies Values[string]
    const values = (names: Values) => Object.fromEntries(Object.keys(names).map((name) => [name, open]))
    const path = await folderWith(
      { ...ids, ...values(cached) },
      { logits: ['float32', ['b', 's', 'v']], ...values(present) },
    )
    await expect(openExport(path)).rejects.toThrow('config.json has the number of key/value heads')
    const config = { model_type: 'new', vocab_size: 10, max_position_embeddings: 8 }
    const sizes = { num_hidden_layers: 1, num_attention_heads: 3, hidden_size: 12 }
    await writeFile(join(path, '..', 'config.json'), JSON.stringify({ ...config, ...sizes }))
    expect((await openExport(path)).model).toMatchObject({ keyValueHeads: 3, headSize: 4, vocabularySize: 10 })
  })

  it.each<[string, Values, Values, string]>([
    [
      'unknown inputs',
      { ...ids, ...cached, inputs_embeds: past, 'past_conv.0': past },
      { ...logits, ...present },
      'has unknown inputs: inputs_embeds, past_conv.0. Expected only input_ids, attention_mask, position_ids, ' +
        'num_logits_to_keep, past_key_values.N.key and past_key_values.N.value',
    ],
    [
      'two decoders in one',
      { ...ids, ...cached, use_cache_branch: ['int64', [1]] },
      { ...logits, ...present },
      'is a merged graph of an older version of optimum (it has the input use_cache_branch). Export it again',
    ],
    [
      'no cache',
      { ...ids, attention_mask: ['int64', ['b', 's']] },
      logits,
      'has no past_key_values, so every token would compute the whole text again. ' +
        'Export it again: "optimum-cli export onnx --model MODEL --task text-generation-with-past FOLDER"',
    ],
    [
      'a layer without values',
      { ...ids, 'past_key_values.0.key': past },
      { ...logits, ...present },
      'lacks past_key_values.0.value',
    ],
    ['a cache that it does not give back', { ...ids, ...cached }, logits, 'lacks present.0.key, present.0.value;'],
    ['no logits', { ...ids, ...cached }, present, 'lacks logits;'],
    [
      'ids of another type',
      { input_ids: ['int32', ['b', 's']], ...cached },
      { ...logits, ...present },
      'input_ids is of int32; expected int64',
    ],
    [
      'logits of another type',
      { ...ids, ...cached },
      { logits: ['uint8', ['b', 's', 10]], ...present },
      'logits is of uint8; expected float32 or float16',
    ],
    [
      'keys of another type than values',
      { ...ids, ...cached, 'past_key_values.0.value': ['float16', ['b', 2, 'past', 4]] },
      { ...logits, ...present },
      'past_key_values.0.value is of float16; expected float32',
    ],
    [
      'a cache of fixed length',
      { ...ids, ...cached, 'past_key_values.0.key': ['float32', [1, 2, 128, 4]] },
      { ...logits, ...present },
      'past_key_values.0.key is of shape [1, 2, 128, 4]; expected [batch, heads, any length, head size]',
    ],
    [
      'other heads in another layer',
      { ...ids, ...cached, 'past_key_values.0.value': ['float32', ['b', 3, 'past', 4]] },
      { ...logits, ...present },
      'past_key_values.0.value is of shape [?, 3, ?, 4]; expected [batch, 2, any length, 4]',
    ],
  ])('is refused with %s', async (_name, inputs, outputs, message) => {
    await expect(openExport(await folderWith(inputs, outputs))).rejects.toThrow(message)
  })

  it.each(['../secret', 'below/weights', 'tokenizer.json'])('is refused with weights in %s', async (dataFileName) => {
    const path = await folderWith({ ...ids, ...cached }, { ...logits, ...present })
    const folder = join(path, '..', 'onnx')
    await mkdir(join(folder, 'below'), { recursive: true })
    await cp(join(path, '..', 'config.json'), join(folder, 'config.json'))
    const graph = graphOf({ ...ids, ...cached }, { ...logits, ...present })
    graph.floats('w', [10_000], new Float32Array(10_000))
    await writeGraph(graph, { folder, graphFileName: 'model.onnx', dataFileName, producerVersion: 'test' })
    await expect(openExport(join(folder, 'model.onnx'))).rejects.toThrow(
      `keeps weights in "${dataFileName}": expected a file next to the graph`,
    )
  })
})

describe('scanGraph', () => {
  it('does not report weights as inputs, although old files list them there', async () => {
    const graph = new GraphBuilder()
    const x = graph.input('x', 'float32', ['n', 2])
    const w = graph.input(graph.floats('w', [2], Float32Array.of(1, 2)), 'float32', [2])
    graph.node('Add', [x, w], { name: 'y' })
    graph.output('y', 'float32', ['n', 2])
    const path = join(await createFolder(), 'old.onnx')
    await writeFile(path, await encodeGraph(graph, 'test'))
    expect(await scanGraph(path)).toEqual({
      inputs: [{ name: 'x', elementType: 1, shape: [null, 2] }],
      outputs: [{ name: 'y', elementType: 1, shape: [null, 2] }],
      externalFiles: new Map(),
    })
  })
})

it('refuses a name that is too long', async () => {
  const path = await folderWith({ ...ids, ...cached, ['x'.repeat(70_000)]: past }, { ...logits, ...present })
  await expect(scanGraph(path)).rejects.toThrow(`${path} is not an ONNX file: it cannot be read at byte `)
})
