import fc from 'fast-check'
import { expect, it } from 'vitest'
import { costGrowth } from '../../testing/cost-growth.js'
import { readFixture } from '../../testing/fixtures.js'
import { createCharsmap } from './charsmap.js'

const { normalizer } = readFixture('tokenizers/charsmap', 'tokenizer.json') as {
  normalizer: { normalizers: { precompiled_charsmap?: string }[] }
}
const map = createCharsmap(normalizer.normalizers[0]?.precompiled_charsmap)
const mapText = (text: string) => map.whole(text)

it('maps short clusters as a whole, and long ones by character', () => {
  expect(mapText('Ａe\u0301🙂\n')).toBe('Aé:) ')
  expect(mapText('👩\u200d👩')).toBe('ww')
  // The first match replaces the whole cluster, including accents after it.
  expect(mapText('Ａ\u0301')).toBe('A')
})

it('maps a long text like its lines one by one', () => {
  const units = fc.constantFrom('a', 'e', '\u0301', '\u0308', '\u200d', '👩', '🇩', '🏽', '数', 'क', '्', 'ﬁ')
  const line = fc.string({ unit: units, maxLength: 200 })
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
      expect(mapText(lines.join('\n\u0000'))).toBe(lines.map(mapText).join(' \u0000'))
    }),
  )
})

it('takes linear time after a long cluster', () => {
  const map = (size: number) => mapText(`e${'\u0301'.repeat(size)}${'a'.repeat(2 * size)}`)
  expect(map(100_000)).toMatch(/a{200000}$/)
  expect(costGrowth(map, 10_000)).toBeLessThan(4)
})
