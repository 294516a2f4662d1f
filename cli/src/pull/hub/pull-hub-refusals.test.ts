import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { otherToken, readerToken } from '../../testing/hub-server.js'
import { TinyHub } from '../../testing/tiny-hub.js'

let tiny: TinyHub
beforeEach(async () => {
  tiny = await TinyHub.start()
})
afterEach(() => tiny.close())

it('reports a server that is not a hub', async () => {
  const server = createServer((_request, response) => response.end('<html>')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await expect(tiny.pull('hf:tiny/sft', { HF_ENDPOINT: endpoint })).rejects.toThrow(
    `--sft hf:tiny/sft: the server at ${endpoint} does not answer like the Hugging Face hub. Check HF_ENDPOINT`,
  )
  server.close()
})

describe('tokens', () => {
  it('give access to private and gated repositories, come from HF_TOKEN or the file of `hf auth login`, and never reach the storage', async () => {
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
      'HUB has no public repository tiny/none (401: Invalid username or password.): the name is wrong, or the repository is private. ' +
        'Check HUB/tiny/none; for a private repository set HF_TOKEN (HUB/settings/tokens)',
    ],
    [
      'one that is not there for the token',
      'hf:tiny/private',
      { HF_TOKEN: otherToken },
      'HUB has no repository tiny/private that the token of HF_TOKEN can read (404: Repository not found). Check HUB/tiny/private with the account of that token',
    ],
    [
      'a private one without a token',
      'hf:tiny/private',
      {},
      'HUB has no public repository tiny/private (401: Invalid username or password.): the name is wrong, or the repository is private. ' +
        'Check HUB/tiny/private; for a private repository set HF_TOKEN (HUB/settings/tokens)',
    ],
    [
      'a gated one without a token',
      'hf:tiny/gated',
      {},
      'tiny/gated is gated (401: Access to model tiny/gated is restricted. You must have access to it and be authenticated to access it. Please log in.). ' +
        'Accept its terms at HUB/tiny/gated, then set HF_TOKEN to a token of your account (HUB/settings/tokens)',
    ],
    [
      'a gated one whose terms are not accepted',
      'hf:tiny/gated',
      { HF_TOKEN: otherToken },
      'tiny/gated is gated, and the account of the token of HF_TOKEN has no access to it (403: Access to model tiny/gated is restricted and you are not in the authorized list.). ' +
        'Accept its terms at HUB/tiny/gated with that account',
    ],
    [
      'a wrong token',
      'hf:tiny/sft',
      { HF_TOKEN: 'hf_wrong' },
      'the hub does not accept the token of HF_TOKEN (401: Invalid credentials in Authorization header). Make a new one at HUB/settings/tokens, or remove it',
    ],
    [
      'an unknown revision',
      'hf:tiny/sft@v2',
      {},
      'tiny/sft has no revision "v2" (404: Invalid rev id: v2). Its branches, tags and commits are at HUB/tiny/sft/tree/main',
    ],
  ])('explains %s', async (_name, source, environment, message) => {
    tiny.serve('tiny/private', {}, { isPrivate: true })
    tiny.serve('tiny/gated', {}, { isGated: true })
    await expect(tiny.pull(source, environment)).rejects.toThrow(
      `--sft ${source}: ${message.replaceAll('HUB', tiny.hub.url)}`,
    )
  })

  it('does not send or show a token with invalid characters', async () => {
    await expect(tiny.pull('hf:tiny/sft', { HF_TOKEN: 'two words' })).rejects.toThrow(
      'HF_TOKEN is not a token of the hub',
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
      'hf:tiny/x cannot be used (no weights were downloaded): config.json has model_type "mamba": expected one of llama, ',
    ],
    [
      'a tokenizer that no text is encoded by',
      { 'tokenizer.json': '{"model":{"type":"NGram","vocab":{"a":0}}}' },
      'the tokenizer\'s model is of type "NGram"',
    ],
    [
      'a tokenizer in another file',
      { 'tokenizer.json': null, 'tokenizer.model': 'x' },
      'has tokenizer.model and no tokenizer.json',
    ],
    [
      'pickles',
      { ...noWeights, 'pytorch_model.bin': 'x', 'training_args.bin': 'y' },
      'hf:tiny/x has its weights only as pickles: pytorch_model.bin. A pickle can run code when it is loaded, so Tandem reads only safetensors',
    ],
    [
      'several GGUF files',
      { ...noWeights, 'a-Q4_1.gguf': 'x', 'b-Q8_0.gguf': 'y' },
      'hf:tiny/x has 2 GGUF files: a-Q4_1.gguf, b-Q8_0.gguf. Name one, e.g. hf:tiny/x/a-Q4_1.gguf',
    ],
    [
      'no model',
      {
        ...allNames,
        'generation_config.json': null,
        'chat_template.jinja': null,
        'README.md': '#',
        'step-1/config.json': '{}',
      },
      'has no model: expected config.json, tokenizer.json and safetensors or an exported model.onnx, a LoRA adapter (adapter_config.json and adapter_model.safetensors), ' +
        'or a .gguf file; found tokenizer_config.json, README.md. These folders have models: step-1. Name one after the repository',
    ],
    [
      'two models in one',
      { 'adapter_config.json': '{}', 'adapter_model.safetensors': 'x' },
      'hf:tiny/x has both a full model (config.json with model.safetensors) and an adapter',
    ],
    [
      'an adapter of another kind',
      { ...allNames, 'adapter_config.json': '{"peft_type":"IA3"}', 'adapter_model.safetensors': 'x' },
      'has peft_type "IA3"; only "LORA" is applied',
    ],
    [
      'shards that are not there',
      { 'model.safetensors': null, 'model.safetensors.index.json': '{"weight_map":{"a":"model-1.safetensors"}}' },
      'model.safetensors.index.json names the file model-1.safetensors, which the repository lacks',
    ],
    [
      'a file that is not GGUF',
      { ...noWeights, 'x.gguf': 'no header' },
      'hf:tiny/x is neither a GGUF file nor a folder',
    ],
  ])('%s', async (_name, changes, message) => {
    tiny.serve('tiny/x', changes)
    await expect(tiny.pull('hf:tiny/x')).rejects.toThrow(message)
    await expect(tiny.pull('hf:tiny/x')).rejects.toThrow(/^--sft hf:tiny\/x\b/)
    expect(tiny.weightRequests()).toEqual([])
  })

  it('a GGUF file that does not exist', async () => {
    tiny.serve('tiny/x', { 'a.gguf': 'x' })
    await expect(tiny.pull('hf:tiny/x/b.gguf')).rejects.toThrow(
      'the file does not exist; the GGUF files of the repository are: a.gguf',
    )
  })

  it('a model that is too large for the disk', async () => {
    tiny.serve('tiny/x', {}, { listedBytes: new Map([['model.safetensors', 9e15]]) })
    await expect(tiny.pull('hf:tiny/x')).rejects.toThrow(
      /^--sft hf:tiny\/x: the download needs 9000000000\.0 MB, and .* has .* MB free\. Free some space \("tandem models" lists what is kept\), or set TANDEM_HOME to a folder on another disk/,
    )
    expect(tiny.weightRequests()).toEqual([])
  })
})
