import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Text } from '../index.js'
import { costGrowth } from '../testing/cost-growth.js'
import { readText, tokenizerFolders } from '../testing/fixtures.js'

/** The definition of decoding: the bytes of each run at once, with the platform's decoder. */
function decodeWhole(text: Text, ids: readonly number[]): string {
  const bytes = ids.flatMap((id) => [...text.tokenBytes(id)])
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes))
}

const isByteName = (name: string | undefined) => name !== undefined && /^<0x[0-9A-F]{2}>$/.test(name)

/**
 * Tokenizers that change text when encoding: lower case, unknown characters, removed separators, an
 * added space.
 */
const lossyFolders = new Set([
  'tokenizers/flags',
  'tokenizers/unigram',
  'tokenizers/splits',
  'tokenizers/charsmap',
  'tokenizers/words',
])

describe.each(tokenizerFolders)('detokenizing with %s', (folder) => {
  const text = readText(folder)
  const ids = fc.array(fc.integer({ min: 0, max: text.vocabularySize + 3 }), { maxLength: 40 })

  it('returns the same text in pieces as at once, and never half a character', () => {
    fc.assert(
      fc.property(ids, fc.boolean(), (sequence, skipSpecialTokens) => {
        const detokenizer = text.createDetokenizer({ skipSpecialTokens })
        const pieces = sequence.map((id) => detokenizer.push(id))
        pieces.push(detokenizer.finish())
        for (const piece of pieces) expect(piece).not.toMatch(/\p{Surrogate}/u)
        expect(pieces.join('')).toBe(text.decode(sequence, { skipSpecialTokens }))
      }),
      { numRuns: 500 },
    )
  })

  it('returns the text of the joined bytes after a prompt', () => {
    const context = [...Array(text.vocabularySize).keys()].filter((id) => text.tokenBytes(id).length > 0).slice(-1)
    fc.assert(
      fc.property(ids, (sequence) => {
        const whole = decodeWhole(text, sequence)
        const decoded = text.decode(sequence, { skipSpecialTokens: false, context })
        // Byte fallback writes one U+FFFD per invalid byte, the platform one per part of a
        // character.
        if (sequence.some((id) => isByteName(text.tokenName(id)))) {
          expect(decoded.replaceAll('\ufffd', '')).toBe(whole.replaceAll('\ufffd', ''))
        } else expect(decoded).toBe(whole)
      }),
      { numRuns: 500 },
    )
  })

  it.skipIf(lossyFolders.has(folder))('restores a text from its ids', () => {
    const letters = fc.constantFrom('a', 'e', 'o', 't', ' ', 'n', 'é', '数', '🙂', '2')
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 30 }), (written) => {
        // A prefix space that is added only if missing cannot be distinguished from one in the
        // text.
        fc.pre(!written.startsWith(' '))
        expect(text.decode(text.encodePlain(written), { skipSpecialTokens: true })).toBe(written)
      }),
    )
  })
})

describe('detokenizing', () => {
  it("keeps SentencePiece's space after a prompt and drops it at the start of a text", () => {
    const text = readText('tokenizers/sentencepiece-legacy')
    const ids = text.encodePlain('the dog')
    expect(text.decode(ids, { skipSpecialTokens: true })).toBe('the dog')
    expect(text.decode(ids, { skipSpecialTokens: true, context: text.encode('Then') })).toBe(' the dog')
  })

  it('holds the bytes of a character until it is complete', () => {
    const text = readText('tokenizers/sentencepiece-legacy')
    const bytes = [0xf0, 0x9f, 0x99, 0x82].map((byte) => 3 + byte)
    const detokenizer = text.createDetokenizer({ skipSpecialTokens: true })
    expect(bytes.map((id) => detokenizer.push(id))).toEqual(['', '', '', '🙂'])
    expect(text.decode(bytes.slice(0, 3), { skipSpecialTokens: true })).toBe('\ufffd\ufffd\ufffd')
    expect(bytes.map((id) => [...text.tokenBytes(id)])).toEqual([[0xf0], [0x9f], [0x99], [0x82]])
  })

  it('takes constant time per token', () => {
    const text = readText('tokenizers/sentencepiece-legacy')
    const decode = (size: number) => {
      const ids = Array.from({ length: size }, (_, index) => index % text.vocabularySize)
      expect(text.decode(ids, { skipSpecialTokens: true }).length).toBeGreaterThan(size)
    }
    expect(costGrowth(decode, 5_000)).toBeLessThan(4)
  })
})
