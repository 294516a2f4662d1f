import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { array, assert, asyncProperty, constantFrom, nat, string } from 'fast-check'
import { expect, it } from 'vitest'
import { collect } from '../testing/collect.js'
import { useFolder } from '../testing/folder.js'
import { openPromptFile } from './prompt-file.js'

const folder = useFolder()
const { signal } = new AbortController()
const anyText = string({ unit: 'grapheme', minLength: 1 })
const line = string({ unit: constantFrom('a', 'é', '🙂', '\u2028', '"', '{', '['), minLength: 1 }).filter(
  // A line of white space is blank.
  (text) => text.trim() !== '',
)

/** How each form writes a list of texts. */
const writers: Readonly<Record<string, (text: string, i: number) => object>> = {
  'openai.jsonl': (text: string, i: number) => ({
    custom_id: `row ${i}`,
    method: 'POST',
    url: '/v1/chat/completions',
    body: { messages: [{ role: 'user', content: text }] },
  }),
  'trl.jsonl': (text: string) => ({ prompt: [{ role: 'user', content: text }] }),
  'alpaca.json': (text: string) => ({ instruction: text }),
}

it.each(Object.entries(writers))('%s: every text comes back as it was, in its order', (name, write) =>
  assert(
    asyncProperty(array(anyText, { minLength: 1, maxLength: 8 }), nat(8), nat(8), async (texts, a, b) => {
      const path = join(folder(), name)
      const rows = texts.map(write)
      await writeFile(path, name.endsWith('l') ? rows.map((r) => JSON.stringify(r)).join('\n') : JSON.stringify(rows))
      const file = await openPromptFile(path, signal)
      const prompts = await collect(file.read())
      expect(prompts.map(({ prompt }) => prompt)).toEqual(texts.map((content) => [{ role: 'user', content }]))
      expect(prompts.map(({ index }) => index)).toEqual(texts.map((_, i) => i))
      expect(file.count).toBe(texts.length)
      expect(await collect(file.read(a, b))).toEqual(prompts.slice(a, Math.max(a, b)))
    }),
    { numRuns: 40 },
  ),
)

it('plain lines come back as they were', () =>
  assert(
    asyncProperty(array(line, { minLength: 1, maxLength: 8 }), async (texts) => {
      const path = join(folder(), 'plain.txt')
      await writeFile(path, texts.join('\n'))
      const prompts = await collect((await openPromptFile(path, signal)).read())
      expect(prompts.map(({ prompt }) => prompt)).toEqual(texts.map((content) => [{ role: 'user', content }]))
    }),
    { numRuns: 40 },
  ))
