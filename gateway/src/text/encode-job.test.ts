import { expect, test } from 'vitest'
import { sizeOfJob } from './encode-job.js'

const text = 'x'.repeat(5_000)
const options = { addGenerationPrompt: true }
const short = [{ role: 'user', content: 'a' }]

test.each([
  ['contents', [{ role: 'user', content: text }], options],
  ['nested values', [{ role: 'user', content: 'a', document: { pages: [[text]] } }], options],
  ['nested keys', [{ role: 'user', content: 'a', document: { [text]: null } }], options],
  ['variables of the template', short, { ...options, templateArguments: { levels: [text] } }],
  ['tools', short, { ...options, tools: [{ function: { description: text } }] }],
])('a conversation is as large as its %s', (_, messages, options) => {
  const size = sizeOfJob({ type: 'conversation', messages, options })
  expect(size).toBeGreaterThanOrEqual(5_000)
  expect(size).toBeLessThan(5_300)
})

test('many small values count too, at any depth', () => {
  let nested: unknown = 1
  for (let depth = 0; depth < 50_000; depth++) nested = [nested]
  const messages = [{ role: 'user', content: 'a', nested }]
  expect(sizeOfJob({ type: 'conversation', messages, options })).toBeGreaterThan(50_000)
})

test('a text has its length', () => {
  expect(sizeOfJob({ type: 'text', text, addSpecialTokens: true })).toBe(5_000)
})
