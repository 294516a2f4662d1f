import { expect, test } from 'vitest'
import type { PreparedPrompt } from './answer.js'
import { createChoiceLogprobs } from './completion-logprobs.js'
import type { TokenFormat } from './token-format.js'

const names = ['constructor', 'toString', '__proto__', 'a', 'a']
const format = {
  name: (id: number) => names[id],
  logprob: (value: number) => value,
  offsets: () => ({ next: () => 0 }),
} as unknown as TokenFormat
const prompt = { echo: null, request: { promptIds: [], skipsSpecialTokens: true } } as unknown as PreparedPrompt

test('top_logprobs has every token by its text, also names that objects of JavaScript have', () => {
  const tokens = [0, 1, 2].map((id) => ({ id, logprob: -1.5, top: null }))
  const { top_logprobs } = createChoiceLogprobs(format, 0, prompt)({ promptTokens: null, tokens, text: '' } as never)
  expect(JSON.stringify(top_logprobs)).toBe('[{"constructor":-1.5},{"toString":-1.5},{"__proto__":-1.5}]')
})

test('of two tokens with one text, the more likely one is listed', () => {
  const tokens = [{ id: 3, logprob: -2, top: [{ id: 4, logprob: -1 }] }]
  const { top_logprobs } = createChoiceLogprobs(format, 1, prompt)({ promptTokens: null, tokens, text: '' } as never)
  expect(top_logprobs).toEqual([{ a: -1 }])
})
