import { expect, test } from 'vitest'
import { readVocabulary } from '../read-vocabulary.js'
import { finishWork } from '../work.js'
import { parseAsRust } from './parse-as-rust.js'
import { createUnigram } from './unigram.js'

const vocab = [
  ['<unk>', 0],
  ['a', -1],
  ['b', -2],
  ['ab', -2.5],
  ['abc', -9],
  ['</s>', -0.1],
] as const
function encode(text: string, form: 'withSpecials' | 'plain' = 'withSpecials', more: object = {}): readonly number[] {
  const config = { type: 'Unigram', unk_id: 0, vocab, ...more }
  return finishWork(createUnigram(config, readVocabulary(config), new Set(['</s>']))[form](text))
}

test('takes the pieces with the greatest sum of scores', () => {
  expect(encode('ab')).toEqual([3])
  expect(encode('aab')).toEqual([1, 3])
  expect(encode('abab')).toEqual([3, 3])
})

test('adjacent unknown characters are one, or their bytes', () => {
  expect(encode('a??🙂b')).toEqual([1, 0, 2])
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`)
  const withBytes = { vocab: [...vocab, ...bytes.map((name) => [name, 0])], byte_fallback: true }
  expect(encode('a??', 'withSpecials', withBytes)).toEqual([1, 6 + 0x3f, 6 + 0x3f])
})

test('the plain form makes no special token', () => {
  expect(encode('a</s>')).toEqual([1, 5])
  expect(encode('a</s>', 'plain')).toEqual([1, 0])
})

test('a model without an unknown token is refused', () => {
  expect(() => encode('a', 'withSpecials', { unk_id: null })).toThrow("the tokenizer's Unigram model has no unk_id")
})

test.each([
  [-3.25, -3.25],
  [0, 0],
  [-8.123456, -8.123456],
  [1e-30, 1e-30],
  [-2.3038567237217826, -Number(23038567237217826n) / 1e16],
])('%s is read as the digits, divided once', (given, expected) => {
  expect(parseAsRust(given)).toBe(expected)
})
