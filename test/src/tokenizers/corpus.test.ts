import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fixturesFolder } from '../support/fixtures.js'
import { compareTokens, readExpectedTokens } from './compare-tokens.js'

/** The small part of `npm run tokenizers -w test` that is checked in. */
const corpus = [...readExpectedTokens(join(fixturesFolder, 'tokenizer-fuzz/corpus'))]

describe('tokens of strings of 14 scripts, as of Hugging Face', () => {
  test('the corpus has 15 tokenizers with 100 strings each', () => {
    expect(corpus.map(({ name }) => name)).toHaveLength(15)
    for (const { strings, ids, texts } of corpus)
      expect([strings.length, ids.length, texts.length]).toEqual([100, 100, 100])
  })

  test.each(corpus)('$name', (expected) => {
    expect(compareTokens(expected)).toEqual([])
  })

  test('a difference is found', () => {
    const [first] = corpus
    if (first === undefined) throw new Error('the corpus is empty')
    const ids = first.ids.map((each, index) => (index === 7 ? [...each, 1] : each))
    expect(compareTokens({ ...first, ids }).map(({ what }) => what)).toContain('ids')
  })
})
