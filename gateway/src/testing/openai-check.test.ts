import { expect, test } from 'vitest'
import { findDifference } from './openai-check.js'

const logprobs = { tokens: ['a'], token_logprobs: [null], top_logprobs: [null], text_offset: [0] }
const choice = { index: 0, text: 'a', logprobs, finish_reason: 'stop' }
const completion = { id: 'a', object: 'text_completion', created: 1, model: 'toy', choices: [choice] }
const path = '/v1/completions'

test('accepts our own fields, and null where OpenAI sends it', () => {
  expect(findDifference(path, { ...completion, decoding: {} }, false)).toBeNull()
  const chunk = { ...completion, usage: null, choices: [{ ...choice, finish_reason: null }] }
  expect(findDifference(path, chunk, true)).toBeNull()
  expect(findDifference('/tokenize', { count: 1 }, false)).toBeNull()
})

test.each([
  ['null elsewhere', { ...completion, choices: [{ ...choice, finish_reason: null }] }, 'finish_reason'],
  ['a field that is missing', { ...completion, id: undefined }, "must have required property 'id'"],
  [
    'a word that OpenAI does not have',
    { ...completion, choices: [{ ...choice, finish_reason: 'eos' }] },
    'finish_reason',
  ],
  ['another object', { ...completion, object: 'answer' }, 'OpenAI has no object "answer"'],
  ['an error of another form', { error: { message: 'no', type: 'a', param: 1, code: null } }, 'param'],
])('%s does not', (_, body, fault) => {
  expect(findDifference(path, body, false)).toContain(fault)
})
