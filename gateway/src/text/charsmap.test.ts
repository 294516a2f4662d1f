import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createCharsmap } from './charsmap.js'
import { readFixture } from './testing/fixtures.js'

const { normalizer } = readFixture('tokenizers/charsmap', 'tokenizer.json') as {
  normalizer: { normalizers: { precompiled_charsmap?: string }[] }
}
const map = createCharsmap(normalizer.normalizers[0]?.precompiled_charsmap)

it('maps clusters whole where they are short, else their characters', () => {
  expect(map('Ａe\u0301🙂\n')).toBe('Aé:) ')
  expect(map('👩\u200d👩')).toBe('ww')
  // The first that is found replaces the whole cluster, accents behind it too.
  expect(map('Ａ\u0301')).toBe('A')
})

it('maps a long text as its lines one by one', () => {
  const units = fc.constantFrom('a', 'e', '\u0301', '\u0308', '\u200d', '👩', '🇩', '🏽', '数', 'क', '्', 'ﬁ')
  const line = fc.string({ unit: units, maxLength: 200 })
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
      expect(map(lines.join('\n\u0000'))).toBe(lines.map((text) => map(text)).join(' \u0000'))
    }),
  )
})
