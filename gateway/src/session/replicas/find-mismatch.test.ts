import type { GetModelResponse__Output } from '@tandem/proto'
import { expect, test } from 'vitest'
import { findMismatch } from './find-mismatch.js'

const model = {
  modelId: 'm',
  version: 'a'.repeat(64),
  role: 'dpo',
  vocabularySize: 512,
  tokenizerFingerprint: 'b'.repeat(64),
  chatTemplateFingerprint: 'c'.repeat(64),
  eosTokenIds: [2, 3],
  contextLength: 64,
} as GetModelResponse__Output

test('another version, precision, adapter or order of end tokens fits', () => {
  const other = { ...model, version: 'z', precision: 'int8', adapter: 'x', modelId: 'n', eosTokenIds: [3, 2] }
  expect(findMismatch(other, model)).toBeNull()
})

test.each([
  [{ role: 'sft' }, 'role: sft, expected dpo'],
  [{ tokenizerFingerprint: 'd'.repeat(64) }, 'tokenizer: dddddddddddd, expected bbbbbbbbbbbb'],
  [{ vocabularySize: 500 }, 'vocabulary size: 500, expected 512'],
  [{ contextLength: 32 }, 'context length: 32, expected 64'],
  [{ eosTokenIds: [2] }, 'end tokens: 2, expected 2, 3'],
  [{ bosTokenId: 1 }, 'first token: 1, expected none'],
  [{ chatTemplateFingerprint: '' }, 'chat template: none, expected cccccccccccc'],
  [{ role: 'sft', contextLength: 8 }, 'role: sft, expected dpo; context length: 8, expected 64'],
])('%j does not fit', (changes, message) => {
  expect(findMismatch({ ...model, ...changes }, model)).toBe(message)
})
