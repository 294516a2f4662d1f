import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { buildWithProgress } from '../sources/build-cached.js'

const fixture = fileURLToPath(new URL('../../../test/fixtures/tiny/llama-tied', import.meta.url))
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-text-'))
  await cp(fixture, join(folder, 'source'), { recursive: true })
})
afterEach(() => rm(folder, { recursive: true, force: true }))

it.each([
  [
    'a model that no text is encoded by',
    'tokenizer.json',
    (text: string) => JSON.stringify({ ...JSON.parse(text), model: { type: 'NGram', vocab: { a: 0 } } }),
    'the tokenizer\'s model is of type "NGram"; supported are BPE, Unigram, WordPiece and WordLevel',
  ],
  ['a config that is not JSON', 'tokenizer_config.json', () => '{', 'tokenizer_config.json is not JSON'],
  ['a template that does not parse', 'chat_template.jinja', () => '{% if %}', "the model's chat template is invalid"],
])('refuses %s before anything is built', async (_, name, change, message) => {
  const source = join(folder, 'source')
  await writeFile(join(source, name), change(await readFile(join(source, name), 'utf8')))
  const words: string[] = []
  const output = { write: (text: string) => words.push(text) }
  await expect(buildWithProgress({ source, out: join(folder, 'out') }, { output })).rejects.toThrow(message)
  expect(words).toEqual([])
  expect(await readdir(folder)).toEqual(['source'])
})
