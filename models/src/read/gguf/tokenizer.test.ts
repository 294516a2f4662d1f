import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Tokenizer } from '@huggingface/tokenizers'
import { afterAll, expect, it } from 'vitest'
import { openModelSource } from '../open.js'
import { encodeGguf, type GgufValue } from '../testing/gguf-file.js'
import { createFolders } from '../testing/temporary-folder.js'
import { idOf, tinyGguf } from '../testing/tiny-gguf.js'

const createFolder = createFolders(afterAll)

async function textFiles(metadata: Readonly<Record<string, GgufValue>>) {
  const path = join(await createFolder(), 'model.gguf')
  await writeFile(path, encodeGguf(tinyGguf(metadata)))
  const source = await openModelSource(path)
  await source.weights.close()
  const text = (name: string) => {
    const bytes = source.textFiles.get(name)
    return bytes === undefined ? null : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  }
  return { text, json: (name: string) => JSON.parse(text(name) ?? '') }
}

async function encoder(pre: string, metadata: Readonly<Record<string, GgufValue>> = {}) {
  const { json } = await textFiles({ 'tokenizer.ggml.pre': pre, ...metadata })
  const tokenizer = new Tokenizer(json('tokenizer.json'), json('tokenizer_config.json'))
  return (text: string, add_special_tokens = true) => [...tokenizer.encode(text, { add_special_tokens }).ids]
}
const ids = (...tokens: string[]) => tokens.map(idOf)

it('merges words and numbers as GPT-2 does', async () => {
  const encode = await encoder('gpt-2')
  expect(encode('hi hi')).toEqual(ids('hi', 'Ġhi'))
  expect(encode('12 34')).toEqual(ids('12', 'Ġ', '34'))
  expect(encode('abc')).toEqual(ids('a', 'b', 'c'))
  expect(encode('\u0661\u0662')).toEqual(ids('Ù', '¡Ù', '¢'))
})

it('splits digits of every script for smollm', async () => {
  const encode = await encoder('smollm')
  expect(encode('12 34 hi')).toEqual(ids('1', '2', 'Ġ', '3', '4', 'Ġhi'))
  expect(encode('\u0661\u0662')).toEqual(ids('Ù', '¡', 'Ù', '¢'))
})

it('begins with BOS, keeps whole words and groups three digits for llama-bpe', async () => {
  const encode = await encoder('llama-bpe')
  expect(encode('abc hi')).toEqual(ids('<s>', 'abc', 'Ġhi'))
  expect(encode('1234', false)).toEqual(ids('12', '3', '4'))
  expect(encode("HI'S", false)).toEqual(ids('H', 'I', "'", 'S'))
})

it('composes characters and splits digits for qwen2', async () => {
  const encode = await encoder('qwen2')
  expect(encode('e\u0301')).toEqual(ids('Ã', '©'))
  expect(encode('12')).toEqual(ids('1', '2'))
  expect(encode('abc')).toEqual(ids('a', 'b', 'c'))
})

it('adds BOS and EOS if the file says so', async () => {
  const bos = await encoder('gpt-2', { 'tokenizer.ggml.add_bos_token': true })
  expect(bos('hi')).toEqual(ids('<s>', 'hi'))
  expect(bos('hi', false)).toEqual(ids('hi'))
  const none = await encoder('llama-bpe', { 'tokenizer.ggml.add_bos_token': false })
  expect(none('hi')).toEqual(ids('hi'))
  const both = await encoder('gpt-2', { 'tokenizer.ggml.add_bos_token': true, 'tokenizer.ggml.add_eos_token': true })
  expect(both('hi')).toEqual(ids('<s>', 'hi', '</s>'))
})

it('marks control tokens as special, but not user-defined tokens', async () => {
  const { json } = await textFiles({})
  const added: { content: string; special: boolean }[] = json('tokenizer.json').added_tokens
  expect(added.map(({ content, special }) => [content, special])).toEqual([
    ['<s>', true],
    ['</s>', true],
    ['<tool>', false],
  ])
  expect((await encoder('gpt-2'))('hi<tool>hi</s>')).toEqual(ids('hi', '<tool>', 'hi', '</s>'))
})

it('writes the named tokens and the chat template', async () => {
  const template = "\ufeff{{ messages[0]['content'] }}\n"
  const { text, json } = await textFiles({
    'tokenizer.chat_template': template,
    'tokenizer.ggml.padding_token_id': idOf('<tool>'),
  })
  expect(json('tokenizer_config.json')).toMatchObject({ bos_token: '<s>', eos_token: '</s>', pad_token: '<tool>' })
  expect(text('chat_template.jinja')).toBe(template)
  expect((await textFiles({})).text('chat_template.jinja')).toBeNull()
})

it('refuses other tokenizers by name', async () => {
  const folder = 'Build from the Hugging Face folder, which has a tokenizer.json'
  await expect(textFiles({ 'tokenizer.ggml.model': 'llama' })).rejects.toThrow(
    `has a tokenizer of the kind "llama"; only "gpt2" (byte-level BPE) is converted. ${folder}`,
  )
  await expect(textFiles({ 'tokenizer.ggml.pre': 'pixtral' })).rejects.toThrow(
    'has the pre-tokenizer "pixtral": expected one of gpt-2, smollm, starcoder, refact, llama-bpe, llama3, llama-v3, smaug-bpe, ' +
      'dbrx, qwen2, deepseek-r1-qwen, tekken, gpt-4o, mpt, olmo, deepseek-llm, deepseek-coder, deepseek-v3. ' +
      folder,
  )
  await expect(textFiles({ 'tokenizer.ggml.merges': ['ab'] })).rejects.toThrow('the merge "ab" is not a pair')
  await expect(textFiles({ 'tokenizer.ggml.bos_token_id': 9999 })).rejects.toThrow('names the special token 9999')
})
