import { describe, expect, it } from 'vitest'
import { compareTokenizers } from './index.js'
import { readText } from './testing/fixtures.js'

describe('compareTokenizers', () => {
  it('finds no difference between equal maps', () => {
    expect(compareTokenizers(readText('tiny/llama-tied'), readText('tiny/qwen2'))).toBe(null)
  })

  it('names the first different id and both tokens', () => {
    expect(compareTokenizers(readText('tokenizers/unigram'), readText('tokenizers/sentencepiece-first'))).toBe(
      'id 0 is the token "<s>" in the first tokenizer and the token "<unk>" in the second',
    )
    expect(
      compareTokenizers(readText('tokenizers/sentencepiece-legacy'), readText('tokenizers/sentencepiece-eos')),
    ).toMatch(/^id \d+ is /)
  })
})
