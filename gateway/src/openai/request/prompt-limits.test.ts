import { describe, expect, test } from 'vitest'
import { PromptLimits } from './prompt-limits.js'

const context = { contextLength: 20_000, maxTokenLength: 10 }
const limits = new PromptLimits(context, 100_000)
const codeOf = (check: () => void): unknown => {
  try {
    check()
  } catch (error) {
    return (error as { body: { error: { code: string | null } } }).body.error.code
  }
  return 'accepted'
}
const codeOfPrompt = (prompt: unknown) => codeOf(() => limits.assertPrompts(prompt))
const codeOfMessages = (messages: unknown) => codeOf(() => limits.assertMessages(messages))

describe('prompts', () => {
  test.each([
    ['text with the maximum characters of the context', 'x'.repeat(200_000), 'accepted'],
    ['one character more', 'x'.repeat(200_001), 'context_length_exceeded'],
    ['the same in a list', ['x', 'x'.repeat(200_001)], 'context_length_exceeded'],
    ['the maximum token ids of the context', Array(20_000).fill(1), 'accepted'],
    ['one id more', Array(20_001).fill(1), 'context_length_exceeded'],
    ['one id more in a list of lists', [[1], Array(20_001).fill(1)], 'context_length_exceeded'],
    ['64 prompts', Array(64).fill('x'), 'accepted'],
    ['65 prompts', Array(65).fill('x'), 'array_above_max_length'],
    ['a million characters in several prompts', Array(5).fill('x'.repeat(200_000)), 'accepted'],
    ['more than that', Array(6).fill('x'.repeat(200_000)), 'context_length_exceeded'],
    ['a value that the schema refuses', { text: 'x' }, 'accepted'],
    ['an empty list', [], 'accepted'],
  ])('%s: %s', (_, prompt, code) => {
    expect(codeOfPrompt(prompt)).toBe(code)
  })

  test('applies a lower limit of the server, and names it in the error', () => {
    const check = () => new PromptLimits(context, 1).assertPrompts('x'.repeat(11))
    expect(check).toThrow(
      'This server accepts prompts of at most 1 tokens. However, your prompt has 11 characters. Please reduce its length. (context_length_exceeded)',
    )
  })
})

describe('messages', () => {
  const user = (content: unknown, more: object = {}) => ({ role: 'user', content, ...more })
  const nested = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)) as unknown

  test.each([
    ['contents with the maximum characters of the context', Array(2).fill(user('x'.repeat(100_000))), 'accepted'],
    ['one more', [user('x'.repeat(200_000)), user('x')], 'context_length_exceeded'],
    [
      'parts count together',
      [user(Array(201).fill({ type: 'text', text: 'x'.repeat(1000) }))],
      'context_length_exceeded',
    ],
    [
      '2048 messages of a client that repeats all fields',
      Array(2048).fill(user('x', { refusal: null, a: [] })),
      'accepted',
    ],
    ['2049 messages', Array(2049).fill(user('x')), 'array_above_max_length'],
    ['a long text elsewhere', [user('x', { name: 'x'.repeat(300_000) })], null],
    ['a long list elsewhere', [user('x', { name: Array(300_000).fill(0) })], null],
    ['many parts', [user(Array(40_000).fill({ type: 'text', text: '' }))], null],
    ['deep nesting', [user('x', { a: nested })], null],
    ['a value that the schema refuses', 'x', 'accepted'],
    ['invalid messages', [null, 1, { content: null }], 'accepted'],
  ])('%s: %s', (_, messages, code) => {
    expect(codeOfMessages(messages)).toBe(code)
  })
})
