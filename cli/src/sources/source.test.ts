import { cp, mkdir, mkdtemp, realpath, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { adapterIdentity, shortHash, weightsIdentity } from '../cache/identity.js'
import { findAdapter, findSource } from './source.js'

let folder: string
const signal = new AbortController().signal

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'tandem-source-')))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function make(...names: string[]) {
  for (const name of names) {
    await mkdir(join(folder, name, '..'), { recursive: true })
    await writeFile(join(folder, name), name)
  }
}

describe('findSource', () => {
  it('distinguishes the kinds of folders and files', async () => {
    await make('m/tandem.json', 'm/config.json', 'c/config.json', 'a/adapter_config.json', 'w.GGUF')
    // As peft reads them: a config.json next to an adapter, and what is left of one next to a full
    // model.
    await make('a2/config.json', 'a2/adapter_config.json', 'a2/adapter_model.safetensors', 'a2/tokenizer.json')
    await make('a3/config.json', 'a3/adapter_config.json')
    await make('c2/config.json', 'c2/adapter_config.json', 'c2/model-00001-of-00002.safetensors')
    const unusual = await Promise.all(['a2', 'a3', 'c2'].map((name) => findSource(join(folder, name), '--dpo')))
    expect(unusual.map(({ kind }) => kind)).toEqual(['adapter', 'adapter', 'checkpoint'])
    const kinds = await Promise.all(['m', 'c', 'a', 'w.GGUF'].map((name) => findSource(join(folder, name), '--sft')))
    expect(kinds.map(({ kind }) => kind)).toEqual(['model-folder', 'checkpoint', 'adapter', 'gguf'])
    expect(kinds[3]).toEqual({ kind: 'gguf', path: join(folder, 'w.GGUF') })
  })

  it('finds the graph of a folder without other weights, and accepts a .onnx file', async () => {
    await make('e/config.json', 'e/onnx/model_q4.onnx', 'e/onnx/model_fp16.onnx', 'both/config.json', 'both/model.onnx')
    await make('both/model.safetensors', 'm/tandem.json', 'm/model.onnx')
    const find = (name: string) => findSource(join(folder, name), '--sft')
    expect(await find('e')).toEqual({ kind: 'export', path: join(folder, 'e/onnx/model_fp16.onnx') })
    expect(await find('both/model.onnx')).toEqual({ kind: 'export', path: join(folder, 'both/model.onnx') })
    expect([(await find('both')).kind, (await find('m')).kind]).toEqual(['checkpoint', 'model-folder'])
  })

  it('recognizes a service by its scheme', async () => {
    expect(await findSource('grpc://10.0.0.2:7003', '--sft')).toEqual({
      kind: 'service',
      addresses: ['10.0.0.2:7003'],
    })
    expect(await findSource('grpc://[::1]:1', '--sft')).toEqual({ kind: 'service', addresses: ['[::1]:1'] })
    expect(await findSource('grpc://a:1, [::1]:2', '--sft')).toEqual({ kind: 'service', addresses: ['a:1', '[::1]:2'] })
    for (const wrong of [
      'grpc://host',
      'grpc://a:1,',
      'grpc://host:0',
      'grpc://host:99999',
      'grpc://a,b:1',
      'grpc://host:1/x',
    ])
      await expect(findSource(wrong, '--model a')).rejects.toThrow(
        `--model a ${wrong} is not an address; expected grpc://HOST:PORT, e.g. grpc://127.0.0.1:7003`,
      )
    await expect(findSource('localhost:7003', '--sft')).rejects.toThrow(
      'For the service at that address, write grpc://localhost:7003',
    )
  })

  it.each([
    [
      'nothing',
      'none',
      'the file or folder does not exist; expected grpc://HOST:PORT of a running service, a model folder (tandem.json)',
    ],
    ['another file', 'x.bin', 'is a file that does not end in .gguf or .onnx'],
    ['a folder of something else', 'other', 'has neither tandem.json nor config.json nor adapter_config.json'],
    ['a folder with a GGUF file', 'g', 'is a folder; name the GGUF file in it: y.gguf'],
    [
      'a folder with two models',
      'both',
      'has the weights of a full model (config.json) and of an adapter (adapter_config',
    ],
  ])('refuses %s', async (_name, path, message) => {
    await make('x.bin', 'other/readme', 'g/y.gguf', 'both/config.json', 'both/adapter_config.json')
    await make('both/model.safetensors', 'both/adapter_model.safetensors')
    await expect(findSource(join(folder, path), '--dpo')).rejects.toThrow(message)
    await expect(findSource(join(folder, path), '--dpo')).rejects.toThrow(`--dpo ${join(folder, path)}`)
  })
})

describe('findAdapter', () => {
  it('finds an adapter also next to a full model, and refuses anything else', async () => {
    await make(
      'both/config.json',
      'both/model.safetensors',
      'both/adapter_config.json',
      'both/adapter_model.safetensors',
    )
    await make('c/config.json', 'c/model.safetensors')
    expect(await findAdapter(join(folder, 'both'), '--adapter', 'both')).toBe(join(folder, 'both'))
    await expect(findAdapter(join(folder, 'c'), '--adapter', 'c')).rejects.toThrow(
      '--adapter c is not a LoRA adapter folder: it has no adapter_config.json',
    )
    await expect(findAdapter(join(folder, 'none'), '--adapter', 'none')).rejects.toThrow(
      'none: the file or folder does not exist; expected',
    )
  })
})

describe('identities', () => {
  it('change when a file of the checkpoint changes', async () => {
    await make('c/config.json', 'c/model.safetensors')
    const before = await weightsIdentity(join(folder, 'c'))
    expect(await weightsIdentity(join(folder, 'c'))).toBe(before)
    await utimes(join(folder, 'c', 'model.safetensors'), 1, 1)
    expect(await weightsIdentity(join(folder, 'c'))).not.toBe(before)
  })

  it('change when a file that belongs to an exported graph changes', async () => {
    const fixture = fileURLToPath(new URL('../../../test/fixtures/optimum/llama-tied+lora', import.meta.url))
    await cp(fixture, join(folder, 'e'), { recursive: true })
    const identity = () => weightsIdentity(join(folder, 'e/onnx/model.onnx'))
    const seen = [await identity()]
    for (const name of ['onnx/model.onnx', 'onnx/model.onnx_data', 'config.json', 'tokenizer.json']) {
      await utimes(join(folder, 'e', name), 1, 1)
      seen.push(await identity())
    }
    expect(new Set(seen).size).toBe(5)
  })

  it('depend on the content of an adapter, not on its path', async () => {
    await make('a/adapter_config.json', 'b/adapter_config.json')
    await writeFile(join(folder, 'b/adapter_config.json'), 'a/adapter_config.json')
    await make('b/README.md', 'b/config.json')
    expect(await adapterIdentity(join(folder, 'b'), signal)).toBe(await adapterIdentity(join(folder, 'a'), signal))
    await make('b/tokenizer.json')
    expect(await adapterIdentity(join(folder, 'b'), signal)).not.toBe(await adapterIdentity(join(folder, 'a'), signal))
    await rm(join(folder, 'b/tokenizer.json'))
    await writeFile(join(folder, 'b/adapter_config.json'), 'other')
    expect(await adapterIdentity(join(folder, 'b'), signal)).not.toBe(await adapterIdentity(join(folder, 'a'), signal))
  })

  it('are unambiguous as keys', () => {
    expect(shortHash(['a', 'b'])).not.toBe(shortHash(['ab', '']))
    expect(shortHash(['a', null])).not.toBe(shortHash(['a', 'null']))
  })
})
