import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { buildModel } from '../build.js'
import { createFolders } from '../read/testing/temporary-folder.js'
import { tinyFolder } from '../testing/reference.js'
import { compareAdapterTexts, withAdapterTexts } from './adapter-texts.js'

const createFolder = createFolders(afterAll)
const base = join(tinyFolder, 'llama-tied')
const bytes = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))
const filesOf = (files: Record<string, unknown>) =>
  new Map(Object.entries(files).map(([name, value]) => [name, bytes(value)]))
const text = (content: Uint8Array | undefined) => (content === undefined ? null : new TextDecoder().decode(content))

/** The adapter of the tiny pair with files of its own. */
async function adapterWith(files: Record<string, unknown>): Promise<string> {
  const folder = join(await createFolder(), 'my-dpo')
  await cp(join(tinyFolder, 'llama-tied+lora'), folder, { recursive: true })
  for (const [name, content] of filesOf(files)) await writeFile(join(folder, name), content)
  return folder
}

/** The tokenizer of the tiny pair with more tokens. */
async function tokenizerWith(...added: readonly { id: number; content: string }[]) {
  const tokenizer = JSON.parse(await readFile(join(base, 'tokenizer.json'), 'utf8'))
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }
  return { ...tokenizer, added_tokens: [...tokenizer.added_tokens, ...added.map((token) => ({ ...token, ...flags }))] }
}

describe('withAdapterTexts', () => {
  const texts = {
    config: {},
    generationConfig: null,
    textFiles: filesOf({
      'tokenizer.json': { base: 1 },
      'tokenizer_config.json': { eos_token: '</s>' },
      'special_tokens_map.json': { eos_token: '</s>' },
      'chat_template.jinja': 'base',
    }),
  }
  const adapted = (own: Record<string, unknown>) => {
    const { textFiles } = withAdapterTexts(texts, filesOf(own))
    return (name: string) => text(textFiles.get(name))
  }

  it('uses the files of the adapter, and not one of the settings of the base with them', () => {
    const read = adapted({ 'tokenizer.json': { own: 1 }, 'tokenizer_config.json': { eos_token: '<|end|>' } })
    expect(read('tokenizer.json')).toBe('{"own":1}')
    expect(read('tokenizer_config.json')).toBe('{"eos_token":"<|end|>"}')
    expect(read('special_tokens_map.json')).toBe(null)
  })

  it('uses the template of the adapter in either form, else that of the base', () => {
    expect(adapted({ 'chat_template.jinja': 'own' })('chat_template.jinja')).toBe('own')
    expect(adapted({ 'tokenizer_config.json': { chat_template: 'inline' } })('chat_template.jinja')).toBe('inline')
    expect(adapted({ 'tokenizer_config.json': {} })('chat_template.jinja')).toBe('base')
    expect(adapted({ 'chat_template.jinja': 'own' })('tokenizer_config.json')).toBe('{"eos_token":"</s>"}')
  })

  it('changes nothing without files of its own', () => {
    expect(withAdapterTexts(texts, new Map())).toBe(texts)
  })
})

describe('a model folder with an adapter', () => {
  it("has the adapter's template and end token, and changes with them", async () => {
    const out = join(await createFolder(), 'model')
    const plain = await buildModel({ source: base, adapter: await adapterWith({}), out })
    const adapter = await adapterWith({
      'tokenizer.json': await tokenizerWith(),
      'tokenizer_config.json': { eos_token: '<|bos|>', chat_template: '{{ messages[0].content }}!' },
    })
    const built = await buildModel({ source: base, adapter, out })
    expect(text(await readFile(join(out, 'chat_template.jinja')))).toBe('{{ messages[0].content }}!')
    expect(JSON.parse(await readFile(join(out, 'tokenizer_config.json'), 'utf8')).eos_token).toBe('<|bos|>')
    expect([plain.eosTokenIds, built.eosTokenIds]).toEqual([[2], [2, 1]])
    expect(built.tokenizerFingerprint).toBe(plain.tokenizerFingerprint)
    expect(built.adapter?.sha256).not.toBe(plain.adapter?.sha256)
  })

  it('refuses tokens without a row in the embedding', async () => {
    const tokenizer = await tokenizerWith({ id: 512, content: '<|new|>' }, { id: 513, content: '<|newer|>' })
    const adapter = await adapterWith({ 'tokenizer.json': tokenizer })
    await expect(buildModel({ source: base, adapter, out: join(await createFolder(), 'model') })).rejects.toThrow(
      'the tokenizer of the adapter my-dpo has the token "<|new|>" with the id 512, ' +
        'and the embedding of its base has 512 rows: 2 tokens were added in training, ' +
        'and the resized embedding is not in the base. Merge it into its base with peft (merge_and_unload)',
    )
  })

  it('refuses one folder for a pair with different tokens', async () => {
    const tokenizer = await tokenizerWith({ id: 9, content: '<|other|>' })
    const adapter = await adapterWith({ 'tokenizer.json': tokenizer })
    const options = { source: base, adapter, out: join(await createFolder(), 'model') }
    await expect(buildModel({ ...options, switched: true })).rejects.toThrow(
      /the adapter my-dpo has its own tokenizer, which differs from that of its base: id 9 is the token .* in the base and the token "<\|other\|>" in the adapter/,
    )
    expect((await buildModel(options)).adapter?.switched).toBe(false)
  })

  it.each(['tokenizer.model', 'vocab.json', 'vocab.txt', 'merges.txt', 'added_tokens.json', 'qwen.tiktoken'])(
    'refuses a tokenizer of another format instead of ignoring it: %s',
    async (name) => {
      const adapter = await adapterWith({ [name]: '{}' })
      await expect(buildModel({ source: base, adapter, out: join(await createFolder(), 'model') })).rejects.toThrow(
        `${adapter} has its own tokenizer as ${name} and no tokenizer.json: save one there with transformers`,
      )
    },
  )

  it('refuses tokens that only added_tokens.json has', async () => {
    const added = { 'tokenizer.json': await tokenizerWith(), 'added_tokens.json': { '<|new|>': 511 } }
    const adapter = await adapterWith(added)
    await expect(buildModel({ source: base, adapter, out: join(await createFolder(), 'model') })).rejects.toThrow(
      `${adapter} has the token "<|new|>" with the id 511 in added_tokens.json, and its tokenizer.json does not`,
    )
    const ignored = await adapterWith({ ...added, 'tokenizer_config.json': { added_tokens_decoder: {} } })
    expect((await compareAdapterTexts(base, ignored)).tokens).toBeNull()
  })
})

it('compares an adapter with its base', async () => {
  const template = await readFile(join(base, 'chat_template.jinja'), 'utf8')
  const compare = async (files: Record<string, unknown>) => compareAdapterTexts(base, await adapterWith(files))
  expect(await compare({})).toEqual({ tokens: null, template: false })
  expect(await compare({ 'tokenizer.json': await tokenizerWith(), 'chat_template.jinja': template })).toEqual({
    tokens: null,
    template: false,
  })
  expect(await compare({ 'chat_template.json': { chat_template: 'own' } })).toEqual({ tokens: null, template: true })
  const { tokens } = await compare({ 'tokenizer.json': await tokenizerWith({ id: 600, content: '<|new|>' }) })
  expect(tokens).toBe('id 600 is no token in the base and the token "<|new|>" in the adapter')
})

it('compares tokens that only the settings of the tokenizer add', async () => {
  const compare = async (files: Record<string, unknown>) =>
    (await compareAdapterTexts(base, await adapterWith(files))).tokens
  const added = 'is no token in the base and the token "<|new|>" in the adapter'
  const decoder = { 600: { content: '<|new|>', special: true } }
  expect(await compare({ 'tokenizer_config.json': { added_tokens_decoder: decoder } })).toBe(`id 600 ${added}`)
  const withTokenizer = { 'tokenizer.json': await tokenizerWith() }
  const config = { 'tokenizer_config.json': { eos_token: { content: '<|new|>' } } }
  expect(await compare({ ...withTokenizer, ...config })).toBe(`id 389 ${added}`)
  const map = { 'special_tokens_map.json': { additional_special_tokens: ['<|new|>'] } }
  expect(await compare({ ...withTokenizer, ...map })).toBe(`id 389 ${added}`)
  const known = { 'tokenizer_config.json': { eos_token: '<|bos|>' } }
  expect(await compare({ ...withTokenizer, ...known })).toBeNull()
})
