import { expect, it } from 'vitest'
import { findEndTokenIds } from './end-tokens.js'
import { readText, tokenizerFolders } from './testing/fixtures.js'

const text = readText(tokenizerFolders[0] ?? '')
const nameOf = (id: number) => text.tokenName(id) ?? ''

it('finds tokens by their spelling, special or not, without duplicates', () => {
  expect(findEndTokenIds(text, [nameOf(2), nameOf(40), nameOf(2)])).toEqual([2, 40])
  expect(findEndTokenIds(text, [])).toEqual([])
})

it('refuses text that is not one token, and reports its number of tokens', () => {
  expect(() => findEndTokenIds(text, [nameOf(2), '<no such>'])).toThrow(
    /names "<no such>", which is not one token of the models: their tokenizer encodes it as \d+ tokens.*use "stop" in requests/,
  )
})
