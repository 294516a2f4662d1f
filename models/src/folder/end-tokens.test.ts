import { expect, it } from 'vitest'
import { describeEndTokens, withEndTokens } from './end-tokens.js'

const tokenizer = {
  model: { vocab: { a: 0, '</s>': 2 } },
  added_tokens: [{ id: 7, content: '<|end|>' }],
}
const filesOf = (files: Record<string, unknown>) =>
  new Map(
    Object.entries({ 'tokenizer.json': tokenizer, ...files }).map(([name, value]) => [
      name,
      new TextEncoder().encode(JSON.stringify(value)),
    ]),
  )
const ends = (files: Record<string, unknown>, eosTokenIds: number[] = []) =>
  withEndTokens({ eosTokenIds }, filesOf(files)).eosTokenIds

it('ends answers at the tokens of all files, each of them once', () => {
  const files = {
    'generation_config.json': { eos_token_id: [5, 2] },
    'config.json': { eos_token_id: 3 },
    'tokenizer_config.json': { eos_token: '<|end|>' },
  }
  expect(ends(files)).toEqual([5, 2, 3, 7])
  expect(ends(files, [2, 9])).toEqual([2, 9, 5, 3, 7])
  expect(ends({ 'tokenizer_config.json': { eos_token: { content: '</s>', lstrip: false } } })).toEqual([2])
})

it('ignores an end token that the tokenizer does not have', () => {
  expect(ends({ 'tokenizer_config.json': { eos_token: '<none>' } }, [2])).toEqual([2])
  expect(ends({ 'tokenizer_config.json': { eos_token: null } })).toEqual([])
})

it('describes a mismatch, and is silent if the file that generation reads names all', () => {
  expect(
    describeEndTokens(
      filesOf({
        'generation_config.json': { eos_token_id: 2 },
        'config.json': { eos_token_id: 2 },
        'tokenizer_config.json': { eos_token: '<|end|>' },
      }),
    ),
  ).toBe('generation_config.json 2; config.json 2; tokenizer_config.json 7 ("<|end|>")')
  const complete = { 'generation_config.json': { eos_token_id: [2, 7] }, 'config.json': { eos_token_id: 2 } }
  expect(describeEndTokens(filesOf({ ...complete, 'tokenizer_config.json': { eos_token: '<|end|>' } }))).toBe(null)
  expect(describeEndTokens(filesOf({ 'config.json': { eos_token_id: 2 } }))).toBe(null)
  expect(describeEndTokens(filesOf({}))).toBe(null)
})
