import { expect, it } from 'vitest'
import { compareFolder } from './compare-folder.js'

const conversations = [
  { messages: [{ role: 'user', content: 'Hi' }], gen: true },
  { messages: [{ role: 'assistant', content: 'Hi' }], gen: false },
]
const file = (texts: readonly string[]) => ({
  conversations,
  named_tokens: { bos_token: '<s>' },
  expected: { 'a.jinja': texts },
})
const source =
  "{% if messages[0].role != 'user' %}{{ raise_exception('no') }}{% endif %}" +
  "{{ bos_token }}{{ strftime_now('%Y-%m-%d') }}{{ messages[0].content }}{% if add_generation_prompt %}>{% endif %}"

it('finds no difference in equal texts and refusals, on the date that the texts name', () => {
  const results = compareFolder(file(['OK<s>2026-11-29Hi>', 'REFUSED']), new Map([['a.jinja', source]]))
  expect(results).toEqual({ rendered: 2, differences: [], missing: [] })
})

it('finds texts that differ, refusals of one side and templates without texts', () => {
  const templates = new Map([
    ['a.jinja', source],
    ['b.jinja', 'x'],
  ])
  const { differences, missing } = compareFolder(file(['OK<s>2026-11-29Hi', 'OKx']), templates)
  expect(differences.map(({ conversation, rendered }) => [conversation, rendered])).toEqual([
    [0, 'OK<s>2026-11-29Hi>'],
    [1, 'REFUSED'],
  ])
  expect(missing).toEqual(['b.jinja'])
})
