import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { costGrowth } from '../../testing/cost-growth.js'
import { readFixture } from '../../testing/fixtures.js'
import type { Component } from '../parts.js'
import { createNormalizers, joinNormalizers } from './create-normalizers.js'
import { divideText } from './divide-text.js'
import { keepsStart } from './keeps-start.js'
import { type Form, orderMarks } from './order-marks.js'

const folder = 'tokenizer-fuzz/corpus'
const ofTokenizers = ['albert', 'bert', 'clip', 'falcon', 'gemma', 'llama2', 'qwen', 't5', 'words'].map((name) => {
  const { tokenizer } = readFixture(folder, `${name}.json`) as { tokenizer: { normalizer: Component } }
  return [name, tokenizer.normalizer] as const
})
const replace = (pattern: object, content: string): Component => ({ type: 'Replace', pattern, content })
const others: readonly (readonly [string, Component])[] = [
  ...(['NFC', 'NFD', 'NFKC', 'NFKD', 'Lowercase', 'Nmt', 'ByteLevel', 'StripAccents'] as const).map(
    (type) => [type, { type }] as const,
  ),
  ['Prepend', { type: 'Prepend', prepend: '▁' }],
  ['Strip', { type: 'Strip', strip_left: true, strip_right: true }],
  ['Strip, right', { type: 'Strip', strip_left: false, strip_right: true }],
  ['two characters', replace({ String: 'aa' }, '$&')],
  ['a repetition', replace({ Regex: ' {2,}' }, '▁')],
  ['another expression', replace({ Regex: 'a(?= )|^ ' }, 'b')],
]

/** Characters that depend on their neighbours in some normalizer. */
const units = [
  ...['a', 'a', 'e', 'Σ', ' ', ' ', '\n', '\r', '`', '数', '가', 'ᄀ', 'ᅡ', 'ᆨ', 'ﾊ', 'ﾞ', 'ﬁ', 'é', 'क', '्', 'ำ', '\0'],
  ...[
    '\u0301',
    '\u0323',
    '\u0308',
    '\u0345',
    '\u200d',
    '👩',
    '🇩',
    '🏽',
    '\u00ad',
    '\u{1d157}',
    '\u{1d165}',
    '\u{16d67}',
    '\u{113c9}',
  ],
]
const text = fc.string({ unit: fc.constantFrom(...units), maxLength: 150 })
const anyText = fc.oneof(text, fc.string({ unit: 'binary', maxLength: 60 }))

describe.each([...ofTokenizers, ...others])('%s', (_name, config) => {
  const normalizer = joinNormalizers(createNormalizers(config))

  test('changes a text in parts as at once', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 20 }), (whole, length) => {
        expect([...normalizer.inParts(divideText(whole, length))].join('')).toBe(normalizer.whole(whole))
      }),
      { numRuns: 300 },
    )
  })

  test('gives its reader a pause in each part', () => {
    for (const unit of ['a', ' ', '`', '\u0301', '\u200d', '🇩']) {
      const parts = [...divideText(unit.repeat(4_000), 100)]
      let read = 0
      const counted = function* () {
        for (const part of parts) {
          read++
          yield part
        }
      }
      for (const _ of normalizer.inParts(counted())) {
        expect(read).toBeLessThanOrEqual(1)
        read = 0
      }
    }
  })
})

describe('the order of marks', () => {
  const marks = [...'\u0301\u0323\u0334\u0345\u05b0\u093c\u3099\u034f\u0344\u{1d165}\u{1d16d}ﾞ\u0327\u302a\u093f']
  const run = fc.string({ unit: fc.constantFrom(...marks), minLength: 64, maxLength: 200 })

  test.each<Form>(['NFC', 'NFD', 'NFKC', 'NFKD'])('of %s changes no normalized text', (form) => {
    fc.assert(
      fc.property(run, (each) => {
        expect(orderMarks(`e${each}a`, form).normalize(form)).toBe(`e${each}a`.normalize(form))
      }),
    )
  })

  test('is that of their classes', () => {
    expect(orderMarks('\u0301\u0323'.repeat(40), 'NFC')).toBe('\u0323'.repeat(40) + '\u0301'.repeat(40))
  })

  test('takes linear time', () => {
    const normalizer = joinNormalizers(createNormalizers({ type: 'NFC' }))
    const normalize = (size: number) => normalizer.whole(`e${'\u0301\u0323'.repeat(size)}`)
    expect(normalize(200_000)).toBe(`\u1eb9${'\u0323'.repeat(199_999)}${'\u0301'.repeat(200_000)}`)
    expect(costGrowth(normalize, 10_000)).toBeLessThan(4)
  })
})

// The verdicts are those of the Rust library 0.23.3, by a Metaspace with prepend_scheme "first".
test.each([
  ['``a', [replace({ String: '``' }, '"')], false],
  ['`a', [replace({ String: '``' }, '"')], true],
  ['`a', [replace({ String: '`' }, 'xy')], true],
  ['`a', [replace({ String: '`' }, '')], false],
  ['``a', [replace({ String: '``' }, '``')], false],
  ['  a', [replace({ Regex: ' +' }, 'x')], false],
  [' a', [replace({ Regex: ' +' }, 'x')], true],
  ['\u00e9a', [{ type: 'NFD' }, replace({ String: 'e\u0301' }, 'x')], true],
  ['e\u0301a', [{ type: 'NFD' }, replace({ String: 'e\u0301' }, 'x')], false],
  ['aa', [{ type: 'Prepend', prepend: 'x' }, replace({ String: 'xa' }, 'b')], true],
  ['xya', [replace({ String: 'xy' }, 'a'), replace({ String: 'a' }, 'b')], false],
])('%j keeps its start: %j %s', (whole, normalizers, isKept) => {
  expect(keepsStart(createNormalizers({ type: 'Sequence', normalizers }), whole)).toBe(isKept)
})
