import { expect, it } from 'vitest'
import { findEndTokenIds } from './end-tokens.js'
import { readText, tokenizerFolders } from './testing/fixtures.js'

const text = readText(tokenizerFolders[0] ?? '')
const nameOf = (id: number) => text.tokenName(id) ?? ''

it('finds tokens by their spelling, special or not, each once', () => {
  expect(findEndTokenIds(text, [nameOf(2), nameOf(40), nameOf(2)])).toEqual([2, 40])
  expect(findEndTokenIds(text, [])).toEqual([])
})

it('refuses what is no single token, and says how many it takes', () => {
  expect(() => findEndTokenIds(text, [nameOf(2), '<no such>'])).toThrow(
    /names "<no such>", which is no token of the models: their tokenizer takes \d+ for it.*use "stop" in requests/,
  )
})
