import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findSource } from '../../sources/source.js'
import { readFolder } from '../../testing/read-folder.js'
import { fixturePath, TinyHub, textNames } from '../../testing/tiny-hub.js'

type Files = Map<string, Uint8Array>

let tiny: TinyHub
beforeEach(async () => {
  tiny = await TinyHub.start()
})
afterEach(() => tiny.close())

const text = (content: string) => new TextEncoder().encode(content)

/** An exported folder with its `onnx/`, by path. */
async function exported(name: string): Promise<Files> {
  const files = await readFolder(fixturePath(`optimum/${name}`))
  const below = await readFolder(fixturePath(`optimum/${name}/onnx`)).catch(() => new Map<string, Uint8Array>())
  for (const [path, bytes] of below) files.set(`onnx/${path}`, bytes)
  return files
}

const serve = (files: Files) => tiny.hub.repos.set('tiny/x', { files })

const jsonOf = (files: Files, name: string): Record<string, unknown> =>
  JSON.parse(new TextDecoder().decode(files.get(name)))

/**
 * Pulls, and returns the paths of the model and of all downloaded files, from the repository's top
 * folder.
 */
async function pull(source: string) {
  const path = await tiny.pull(source)
  const top = join(tiny.folder, 'home', 'hub', 'tiny', 'x', tiny.hub.commitOf('tiny/x'), 'x')
  const entries = await readdir(top, { recursive: true, withFileTypes: true })
  const downloaded = entries.flatMap((entry) =>
    entry.isFile() ? [relative(top, join(entry.parentPath, entry.name)).replaceAll('\\', '/')] : [],
  )
  expect(await findSource(path, '--sft')).toEqual({ kind: 'export', path })
  return { path: relative(top, path).replaceAll('\\', '/'), downloaded: downloaded.sort() }
}

describe('a pull from a repository with exported graphs', () => {
  it('downloads only the first graph in the order on disk, and only once', async () => {
    serve(await exported('llama-tied'))
    expect(await pull('hf:tiny/x')).toEqual({ path: 'model.onnx', downloaded: [...textNames, 'model.onnx'].sort() })
    expect(tiny.words).toContain('Pulling hf:tiny/x: export of commit ')
    expect(tiny.words.match(/of weights/g)).toHaveLength(1)
    tiny.hub.requests.length = 0
    await tiny.pull('hf:tiny/x')
    expect(tiny.hub.requests).toEqual([expect.stringContaining('/revision/main?')])
  })

  it('downloads a named graph with the text files of the folder above', async () => {
    const files = await exported('llama-tied')
    const path = 'onnx/model_q4.onnx'
    serve(new Map([...files].map(([name, bytes]) => [name.endsWith('.onnx') ? `onnx/${name}` : name, bytes])))
    expect(await pull(`hf:tiny/x/${path}@main`)).toEqual({ path, downloaded: [...textNames, path].sort() })
  })

  it.each([
    ['llama-tied+lora', 'onnx/model.onnx', 'onnx/model.onnx_data'],
    ['qwen2-genai', 'model.onnx', 'model.onnx.data'],
  ])('downloads %s with the external file of its graph, and no other file', async (name, path, data) => {
    const files = await exported(name)
    serve(new Map([...files, [`${path}_data_9`, text('x')], ['onnx/model_fp16.onnx_data', text('y')]]))
    const texts = textNames.filter((one) => files.has(one))
    expect(await pull('hf:tiny/x')).toEqual({ path, downloaded: [...texts, path, data].sort() })
  })

  it('prefers the text files in the folder of the graph to those above', async () => {
    const files = await exported('llama-bare')
    serve(
      new Map([...files, ...[...files].map(([name, bytes]): [string, Uint8Array] => [`step-9/onnx/${name}`, bytes])]),
    )
    const { path, downloaded } = await pull('hf:tiny/x/step-9')
    expect(path).toBe('step-9/onnx/model.onnx')
    expect(downloaded).toEqual([...textNames, 'model.onnx'].map((name) => `step-9/onnx/${name}`).sort())
  })

  it('prefers a checkpoint or an adapter, unless the graph is named', async () => {
    const graph = (await exported('llama-tied')).get('model.onnx') ?? text('')
    tiny.serve('tiny/x', { 'reference.safetensors': null })
    serve(new Map([...(tiny.hub.repos.get('tiny/x')?.files ?? []), ['onnx/model.onnx', graph]]))
    expect(await readdir(await tiny.pull('hf:tiny/x'))).toContain('model.safetensors')
    expect((await pull('hf:tiny/x/onnx/model.onnx')).path).toBe('onnx/model.onnx')
    // The cache now has a checkpoint next to a graph.
    expect((await findSource(await tiny.pull('hf:tiny/x'), '--sft')).kind).toBe('checkpoint')
    const adapter = await readFolder(fixturePath('tiny/llama-tied+lora'))
    tiny.hub.repos.set('tiny/lora', { files: new Map([...adapter, ['onnx/model.onnx', graph]]) })
    expect((await findSource(await tiny.pull('hf:tiny/lora'), '--dpo')).kind).toBe('adapter')
  })
})

describe('refuses', () => {
  const change =
    (changes: Record<string, string | null>) =>
    (files: Files): void => {
      for (const [name, content] of Object.entries(changes))
        if (content === null) files.delete(name)
        else files.set(name, text(content))
    }
  const changeConfig = (changes: Record<string, unknown>) => (files: Files) =>
    change({ 'config.json': JSON.stringify({ ...jsonOf(files, 'config.json'), ...changes }) })(files)
  const rename = (names: Record<string, string>) => (files: Files) => {
    for (const [from, to] of Object.entries(names)) {
      files.set(to, files.get(from) ?? text('x'))
      files.delete(from)
    }
  }
  const graph = 'onnx/model.onnx'
  const data = 'onnx/model.onnx_data'

  it.each<[string, (files: Files) => void, string, string, string[]]>([
    [
      'a tokenizer that no text is encoded by',
      change({ 'tokenizer.json': '{"model":{"type":"NGram","vocab":{"a":0}}}' }),
      'hf:tiny/x',
      'hf:tiny/x cannot be used (no weights were downloaded): the tokenizer\'s model is of type "NGram"',
      [],
    ],
    [
      'no tokenizer',
      change({ 'tokenizer.json': null }),
      'hf:tiny/x',
      'cannot be used (no weights were downloaded): the source has no tokenizer.json',
      [],
    ],
    [
      'a config.json without a length',
      changeConfig({ max_position_embeddings: null }),
      'hf:tiny/x',
      'cannot be used (no weights were downloaded): neither ',
      [],
    ],
    [
      'no config.json',
      change({ 'config.json': null }),
      'hf:tiny/x',
      'hf:tiny/x: the repository has no config.json in onnx or its top folder for the graph onnx/model.onnx. Download the graph',
      [],
    ],
    [
      'a config.json of another model',
      changeConfig({ num_hidden_layers: 4 }),
      'hf:tiny/x',
      'is a graph with number of layers 3, and config.json says 4',
      [graph],
    ],
    [
      'a file that is not a graph',
      change({ [graph]: 'no graph' }),
      'hf:tiny/x',
      'model.onnx is not an ONNX file',
      [graph],
    ],
    [
      'weights that are not there',
      change({ [data]: null, 'onnx/model.onnx_data_1': 'x' }),
      'hf:tiny/x',
      'hf:tiny/x: onnx/model.onnx has weights in onnx/model.onnx_data, which the repository lacks: the upload is incomplete. Name another graph',
      [graph],
    ],
    [
      'weights that are cut off',
      change({ [data]: 'x' }),
      'hf:tiny/x',
      'has weights in onnx/model.onnx_data, which has 1 bytes, expected at least 501504: the upload is incomplete',
      [graph],
    ],
    [
      'graphs without a searched name',
      rename({ [graph]: 'onnx/model_int8.onnx', [data]: 'onnx/model_bnb4.onnx' }),
      'hf:tiny/x',
      'hf:tiny/x has 2 .onnx files: onnx/model_int8.onnx, onnx/model_bnb4.onnx. Without a name, only model.onnx, model_fp16.onnx, model_q4.onnx, model_q4f16.onnx, model_quantized.onnx ' +
        'are searched, there and in onnx. Name one, e.g. hf:tiny/x/onnx/model_int8.onnx',
      [],
    ],
    [
      'a graph in another folder',
      rename({ [graph]: 'cpu/int4/model.onnx' }),
      'hf:tiny/x@v1.0',
      'has an .onnx file: cpu/int4/model.onnx. Without a name, ',
      [],
    ],
    [
      'a graph that is not there',
      () => {},
      'hf:tiny/x/onnx/model_q4.onnx',
      'hf:tiny/x/onnx/model_q4.onnx: the file does not exist; the .onnx files of the repository are: onnx/model.onnx',
      [],
    ],
    ['a model folder of ours', change({ 'tandem.json': '{}' }), 'hf:tiny/x', 'hf:tiny/x has no model: ', []],
  ])('%s', async (_name, spoil, source, message, downloaded) => {
    const files = await exported('llama-tied+lora')
    spoil(files)
    serve(files)
    await expect(tiny.pull(source)).rejects.toThrow(message)
    // Again with the downloaded files: the same message, and no other download.
    await expect(tiny.pull(source)).rejects.toThrow(message)
    await expect(tiny.pull(source)).rejects.toThrow(/^--sft hf:tiny\/x/)
    expect(tiny.weightRequests().map((line) => line.replace(/^.*\/resolve\/[^/]*\//, ''))).toEqual(downloaded)
  })
})
