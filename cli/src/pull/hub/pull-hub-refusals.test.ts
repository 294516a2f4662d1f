import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readerToken, strangerToken } from '../../testing/hub-server.js'
import { TinyHub } from '../../testing/tiny-hub.js'

let tiny: TinyHub
beforeEach(async () => {
  tiny = await TinyHub.start()
})
afterEach(() => tiny.close())

it('tells of what answers and is no hub', async () => {
  const server = createServer((_request, response) => response.end('<html>')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await expect(tiny.pull('hf:tiny/sft', { HF_ENDPOINT: endpoint })).rejects.toThrow(
    `--sft hf:tiny/sft: what answers at ${endpoint} does not speak as the Hugging Face hub does. Check HF_ENDPOINT`,
  )
  server.close()
})

describe('tokens', () => {
  it('open private and gated repositories, come from HF_TOKEN or the file of `hf auth login`, and never reach the storage', async () => {
    tiny.serve('tiny/private', {}, { isPrivate: true })
    tiny.serve('tiny/gated', { 'generation_config.json': '{}' }, { isGated: true })
    await tiny.pull('hf:tiny/private', { HF_TOKEN: readerToken })
    await mkdir(join(tiny.folder, 'hf'))
    await writeFile(join(tiny.folder, 'hf', 'token'), `${readerToken}\n`)
    await tiny.pull('hf:tiny/gated')
    expect(tiny.hub.requests.some((line) => line.startsWith('storage'))).toBe(true)
  })

  it.each<[string, string, NodeJS.ProcessEnv, string]>([
    [
      'a repository that is not there',
      'hf:tiny/none',
      {},
      'there is no repository tiny/none at HUB that is open to all (401: Invalid username or password.): its name is another, or it is private. ' +
        'Look for it at HUB/tiny/none; for a private one set HF_TOKEN (HUB/settings/tokens)',
    ],
    [
      'one that is not there for the token',
      'hf:tiny/private',
      { HF_TOKEN: strangerToken },
      "there is no repository tiny/private at HUB that the token of HF_TOKEN may read (404: Repository not found). Look for it at HUB/tiny/private with that token's account",
    ],
    [
      'a private one without a token',
      'hf:tiny/private',
      {},
      'there is no repository tiny/private at HUB that is open to all (401: Invalid username or password.): its name is another, or it is private. ' +
        'Look for it at HUB/tiny/private; for a private one set HF_TOKEN (HUB/settings/tokens)',
    ],
    [
      'a gated one without a token',
      'hf:tiny/gated',
      {},
      'tiny/gated is gated (401: Access to model tiny/gated is restricted. You must have access to it and be authenticated to access it. Please log in.). ' +
        'Accept its terms at HUB/tiny/gated, then set HF_TOKEN to a token of that account (HUB/settings/tokens)',
    ],
    [
      'a gated one whose terms are not accepted',
      'hf:tiny/gated',
      { HF_TOKEN: strangerToken },
      'tiny/gated is gated, and the account of the token of HF_TOKEN has no access to it (403: Access to model tiny/gated is restricted and you are not in the authorized list.). ' +
        'Accept its terms at HUB/tiny/gated with that account',
    ],
    [
      'a wrong token',
      'hf:tiny/sft',
      { HF_TOKEN: 'hf_wrong' },
      'the hub does not take the token of HF_TOKEN (401: Invalid credentials in Authorization header). Make a new one at HUB/settings/tokens, or leave it out',
    ],
    [
      'an unknown revision',
      'hf:tiny/sft@v2',
      {},
      'tiny/sft has no revision "v2" (404: Invalid rev id: v2). Its branches, tags and commits are at HUB/tiny/sft/tree/main',
    ],
  ])('tells of %s', async (_name, source, environment, message) => {
    tiny.serve('tiny/private', {}, { isPrivate: true })
    tiny.serve('tiny/gated', {}, { isGated: true })
    await expect(tiny.pull(source, environment)).rejects.toThrow(
      `--sft ${source}: ${message.replaceAll('HUB', tiny.hub.url)}`,
    )
  })

  it('that are none are not sent, nor shown', async () => {
    await expect(tiny.pull('hf:tiny/sft', { HF_TOKEN: 'two words' })).rejects.toThrow(
      'HF_TOKEN holds no token of the hub',
    )
    await expect(tiny.pull('hf:tiny/sft', { HF_ENDPOINT: 'hub' })).rejects.toThrow(
      'HF_ENDPOINT is "hub"; expected the hub\'s address',
    )
    expect(tiny.hub.requests).toEqual([])
  })
})

describe('refuses before weights are downloaded', () => {
  const noWeights = { 'model.safetensors': null, 'reference.safetensors': null }
  const allNames = { 'config.json': null, 'tokenizer.json': null, 'reference-tokens.json': null, ...noWeights }

  it.each<[string, Parameters<TinyHub['serve']>[1], string]>([
    [
      'an unknown architecture',
      { 'config.json': '{"model_type":"mamba"}' },
      'hf:tiny/x cannot be used, and no weights were downloaded: config.json has model_type "mamba"; known architectures are: llama, ',
    ],
    [
      'a tokenizer that no text is encoded by',
      { 'tokenizer.json': '{"model":{"type":"WordPiece","vocab":{"a":0}}}' },
      'The tokenizer\'s model is of type "WordPiece"',
    ],
    [
      'a tokenizer in another file',
      { 'tokenizer.json': null, 'tokenizer.model': 'x' },
      'has tokenizer.model and no tokenizer.json',
    ],
    [
      'pickles',
      { ...noWeights, 'pytorch_model.bin': 'x', 'training_args.bin': 'y' },
      'hf:tiny/x has its weights as pickles alone: pytorch_model.bin. A pickle runs code when it is read, so none is; safetensors are expected',
    ],
    [
      'several GGUF files',
      { ...noWeights, 'a-Q4_1.gguf': 'x', 'b-Q8_0.gguf': 'y' },
      'hf:tiny/x holds 2 GGUF files: a-Q4_1.gguf, b-Q8_0.gguf. Name one, e.g. hf:tiny/x/a-Q4_1.gguf',
    ],
    [
      'nothing that is read',
      {
        ...allNames,
        'generation_config.json': null,
        'chat_template.jinja': null,
        'README.md': '#',
        'step-1/config.json': '{}',
      },
      'holds nothing that is read here: expected config.json, tokenizer.json and safetensors or an exported model.onnx, a LoRA adapter (adapter_config.json and adapter_model.safetensors), ' +
        'or a .gguf file; found tokenizer_config.json, README.md. Models lie in the folders step-1: name one behind the repository',
    ],
    [
      'two models in one',
      { 'adapter_config.json': '{}', 'adapter_model.safetensors': 'x' },
      'hf:tiny/x holds both a whole model (config.json with model.safetensors) and an adapter',
    ],
    [
      'an adapter of another kind',
      { ...allNames, 'adapter_config.json': '{"peft_type":"IA3"}', 'adapter_model.safetensors': 'x' },
      'has peft_type "IA3"; only "LORA" is applied',
    ],
    [
      'shards that are not there',
      { 'model.safetensors': null, 'model.safetensors.index.json': '{"weight_map":{"a":"model-1.safetensors"}}' },
      'model.safetensors.index.json names the file model-1.safetensors, which the repository does not hold',
    ],
    [
      'a GGUF file that is none',
      { ...noWeights, 'x.gguf': 'no header' },
      'hf:tiny/x is neither a GGUF file nor a folder',
    ],
  ])('%s', async (_name, changes, message) => {
    tiny.serve('tiny/x', changes)
    await expect(tiny.pull('hf:tiny/x')).rejects.toThrow(message)
    await expect(tiny.pull('hf:tiny/x')).rejects.toThrow(/^--sft hf:tiny\/x\b/)
    expect(tiny.forWeights()).toEqual([])
  })

  it('a GGUF file that is not there', async () => {
    tiny.serve('tiny/x', { 'a.gguf': 'x' })
    await expect(tiny.pull('hf:tiny/x/b.gguf')).rejects.toThrow(
      "there is no such file; the repository's GGUF files are: a.gguf",
    )
  })

  it('what the disk has no room for', async () => {
    tiny.serve('tiny/x', {}, { listedBytes: new Map([['model.safetensors', 9e15]]) })
    await expect(tiny.pull('hf:tiny/x')).rejects.toThrow(
      /^--sft hf:tiny\/x: 9000000000\.0 MB are to be downloaded, and .* has room for .* MB\. Make room \("tandem models" lists what is kept\), or name a folder on another disk with TANDEM_HOME/,
    )
    expect(tiny.forWeights()).toEqual([])
  })
})
