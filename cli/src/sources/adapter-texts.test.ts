import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createTestContext } from '../testing/test-context.js'
import { preparePair } from './prepare-pair.js'

const fixture = (name: string) => fileURLToPath(new URL(`../../../test/fixtures/tiny/${name}`, import.meta.url))
const sft = fixture('llama-tied')
let folder: string
let words: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-adapter-'))
  words = ''
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function prepare(options: Parameters<typeof preparePair>[0]) {
  const context = createTestContext(join(folder, 'home'), (text) => (words += text))
  return preparePair(options, context)
}

/** A copy of a tiny folder with other or more files. */
async function changed(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const copy = join(folder, name)
  await cp(fixture(name), copy, { recursive: true })
  for (const [file, content] of Object.entries(files)) await writeFile(join(copy, file), content)
  return copy
}

const adapterWith = (files: Readonly<Record<string, string>>) => changed('llama-tied+lora', files)
const templateOf = (model: string) => readFile(join(model, 'chat_template.jinja'), 'utf8')

it('uses the template of an adapter for its model, and warns', async () => {
  const tokenizer = await readFile(join(sft, 'tokenizer.json'), 'utf8')
  // A config.json next to the adapter is that of the base, and changes nothing.
  const config = await readFile(join(sft, 'config.json'), 'utf8')
  const dpo = await adapterWith({ 'tokenizer.json': tokenizer, 'chat_template.jinja': 'own', 'config.json': config })
  const warning =
    `Warning: llama-tied+lora has its own chat template, which differs from that of ${sft}: ` +
    'the DPO model uses its own.\n'
  const pair = await prepare({ sft, dpo })
  expect(words).toContain(warning)
  expect(await templateOf(pair.dpo)).toBe('own')
  expect(await templateOf(pair.sft)).toBe(await templateOf(sft))
  words = ''
  const paired = await prepare({ sft, dpo, paired: true })
  expect(words).toContain(warning)
  expect(await templateOf(paired.dpo)).toBe('own')
  await expect(prepare({ sft, dpo, paired: true, template_from: 'sft' })).rejects.toThrow(
    `--paired keeps one chat template, that of --dpo ${dpo}, and template_from asks for the one of the SFT model`,
  )
})

it('does not warn if the template is that of the base', async () => {
  await prepare({ sft, dpo: await adapterWith({ 'chat_template.jinja': await templateOf(sft) }) })
  expect(words).not.toContain('Warning')
})

it('refuses other tokens before anything is built', async () => {
  const tokenizer = JSON.parse(await readFile(join(sft, 'tokenizer.json'), 'utf8'))
  tokenizer.added_tokens.push({ ...tokenizer.added_tokens[0], id: 512, content: '<|new|>' })
  const dpo = await adapterWith({ 'tokenizer.json': JSON.stringify(tokenizer) })
  await expect(prepare({ sft, dpo })).rejects.toThrow(
    `--dpo ${dpo} has its own tokenizer, which differs from that of its base --sft ${sft}: ` +
      'id 512 is no token in the base and the token "<|new|>" in the adapter. ' +
      'The models of a pair decode token by token, so both need the same tokens. Give the SFT model',
  )
  expect(await readdir(folder)).toEqual(['llama-tied+lora'])
})

it('warns of different end tokens each time', async () => {
  const settings = JSON.parse(await readFile(join(sft, 'tokenizer_config.json'), 'utf8'))
  const source = await changed('llama-tied', {
    'tokenizer_config.json': JSON.stringify({ ...settings, eos_token: '<|bos|>' }),
  })
  const warning =
    'Warning: the files of llama-tied name different end tokens: ' +
    'generation_config.json 2; config.json 2; tokenizer_config.json 1 ("<|bos|>"). An answer ends at each of 2, 1.\n'
  const pair = await prepare({ sft: source, dpo: source })
  expect(words).toContain(warning)
  words = ''
  await prepare({ sft: source, dpo: source })
  expect(words).toContain(warning)
  words = ''
  await prepare({ sft: pair.sft, dpo: pair.dpo })
  expect(words).toContain(warning)
  words = ''
  const manifest = JSON.parse(await readFile(join(pair.dpo, 'tandem.json'), 'utf8'))
  await writeFile(join(pair.dpo, 'tandem.json'), JSON.stringify({ ...manifest, eosTokenIds: [2] }))
  await prepare({ sft: pair.dpo, dpo: pair.dpo })
  expect(words).toContain('An answer ends at each of 2. To add the others, build the model folder again')
})
