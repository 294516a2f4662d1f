import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openText, type Text } from '@tandem/gateway/text'
import { openModelSource } from '@tandem/models'
import { encodeGguf, floatTensor, tinyMetadata } from '@tandem/models/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fixturesFolder } from './support/fixtures.js'

/** What Python's tokenizers does with one vocabulary and the parts of each original (make.py). */
interface Reference {
  readonly tokens: readonly string[]
  readonly merges: readonly string[]
  readonly texts: readonly string[]
  /** The ids of each text, by the name of the pre-tokenizer. */
  readonly ids: Readonly<Record<string, readonly (readonly number[])[]>>
}
const reference: Reference = JSON.parse(readFileSync(join(fixturesFolder, 'gguf-tokenizers', 'reference.json'), 'utf8'))
const { tokens, merges, texts, ids } = reference
/** The original of this name has BOS, and llama.cpp's default is none: the file says so. */
const filesWithBos = ['deepseek-r1-qwen', 'deepseek-v3']

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-gguf-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The text of a GGUF file with this pre-tokenizer, as the gateway reads it. */
async function textOf(name: string): Promise<Text> {
  const path = join(folder, `${name}.gguf`)
  const metadata = {
    ...tinyMetadata(),
    'tokenizer.ggml.pre': name,
    'tokenizer.ggml.tokens': tokens,
    'tokenizer.ggml.token_type': tokens.map((token) => (/^<\/?s>$/.test(token) ? 3 : 1)),
    'tokenizer.ggml.merges': merges,
    'tokenizer.ggml.bos_token_id': tokens.indexOf('<s>'),
    'tokenizer.ggml.eos_token_id': tokens.indexOf('</s>'),
    ...(filesWithBos.includes(name) ? { 'tokenizer.ggml.add_bos_token': true } : {}),
  }
  const embedding = floatTensor('token_embd.weight', [tokens.length, 8], new Float32Array(tokens.length * 8))
  await writeFile(path, encodeGguf({ metadata, tensors: [embedding] }))
  const source = await openModelSource(path)
  await source.weights.close()
  return openText(source.textFiles, { eosTokenIds: [], bosTokenId: null, modelVocabularySize: tokens.length })
}

describe('a GGUF file encodes as the original tokenizer with the pre-tokenizer', () => {
  test.each(Object.keys(ids))('%s', async (name) => {
    const text = await textOf(name)
    expect(texts.map((one) => [one, text.encode(one)])).toEqual(texts.map((one, i) => [one, ids[name]?.[i]]))
  })

  test.each(['llama3', 'llama-v3'])('%s, another name of llama-bpe', async (name) => {
    const text = await textOf(name)
    expect(texts.map((one) => text.encode(one))).toEqual(ids['llama-bpe'])
  })
})
