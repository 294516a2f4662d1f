import { array, assert, constantFrom, property, string, tuple } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { orderOutcome } from './order-outcome.js'
import { parseVerdict, type Verdict } from './parse-verdict.js'

const words = { A: 'first', B: 'second', tie: 'tie' } as const
const other: Readonly<Record<string, string>> = { A: 'B', B: 'A', a: 'b', b: 'a' }
/** Exchanges the letters A and B wherever they are words. */
const exchange = (text: string) => text.replace(/\b[AB]\b/gi, (letter) => other[letter] ?? letter)
const mirrored = (verdict: Verdict | null) =>
  verdict === 'first' ? 'second' : verdict === 'second' ? 'first' : verdict

/** Texts made of the pieces that judges write. */
const piece = constantFrom(
  ...['A', 'B', 'tie', 'a', 'b', 'Answer', 'The better answer', 'is', 'is better', 'good'],
  ...[':', '.', '**', '[[', ']]', '\n'],
)
const pieces = tuple(array(piece, { maxLength: 8 }), constantFrom('', ' ')).map(([list, between]) => list.join(between))

describe('parseVerdict', () => {
  it.each([
    ['A', 'first'],
    [' b\n', 'second'],
    ['**A**', 'first'],
    ['[[B]]', 'second'],
    ['Tie.', 'tie'],
    ['Answer: B', 'second'],
    ['The better answer is A.', 'first'],
    ['Answer A is better.', 'first'],
    ['My verdict: tie', 'tie'],
    ['A\n\nIt is more helpful than the other one.', 'first'],
    ['Both are short.\n\n[[B]]', 'second'],
    ['The final verdict is: **Answer B**', 'second'],
  ])('reads %j', (text, verdict) => expect(parseVerdict(text)).toBe(verdict))

  it.each([
    '',
    'A good answer',
    'a B',
    'A or B',
    'A: 7/10, B: 9/10',
    'A\nB',
    'Answer A is worse',
    'not A',
    'AB',
    'C',
    'It is hard to tell.',
    'The answer is 4',
    'А', // a Cyrillic letter
  ])('does not guess at %j', (text) => expect(parseVerdict(text)).toBeNull())

  it('reads a verdict within marks, spaces and lines that are none', () =>
    assert(
      property(
        constantFrom('A', 'B', 'tie'),
        constantFrom('', '**', '`', '"', '[['),
        constantFrom('', ' ', '\n', '\r\n\r\n', 'Both have faults.\n'),
        (word, mark, before) => {
          for (const shown of [word, word.toLowerCase(), word.toUpperCase()])
            expect(parseVerdict(`${before}${mark}${shown}${mark}\n`)).toBe(words[word])
        },
      ),
    ))

  it('prefers no place: with A and B exchanged, it reads the other verdict', () =>
    assert(
      property(pieces, (text) => {
        expect(parseVerdict(exchange(text))).toBe(mirrored(parseVerdict(text)))
      }),
      { numRuns: 2000 },
    ))

  it('reads nothing from a text without one of the words', () =>
    assert(
      property(string({ maxLength: 60 }), (text) => {
        const hasWord = /(?<![a-z])(a|b|tie)(?![a-z])/i.test(text)
        if (!hasWord) expect(parseVerdict(text)).toBeNull()
      }),
    ))
})

describe('orderOutcome', () => {
  const order = constantFrom('first', 'second', 'tie', 'unparsed', 'refused')
  const swap = { first: 'second', second: 'first', tie: 'tie', unparsed: 'unparsed', refused: 'refused' } as const

  it('is a win only if both orders say so, and a tie if they differ', () => {
    expect(orderOutcome(['first', 'first'])).toBe(1)
    expect(orderOutcome(['second', 'second'])).toBe(0)
    expect(orderOutcome(['first', 'second'])).toBe(0.5)
    expect(orderOutcome(['tie', 'first'])).toBe(0.5)
    expect(orderOutcome(['tie', 'tie'])).toBe(0.5)
  })

  it('depends on neither the order of the requests nor the names of the strategies', () =>
    assert(
      property(tuple(order, order), ([one, two]) => {
        const outcome = orderOutcome([one, two])
        expect(orderOutcome([two, one])).toBe(outcome)
        expect(orderOutcome([swap[one], swap[two]])).toBe(outcome === null ? null : 1 - outcome)
      }),
    ))

  it('has no outcome if an order has no verdict', () =>
    assert(
      property(order, constantFrom('unparsed', 'refused'), (one, missing) => {
        expect(orderOutcome([one, missing])).toBeNull()
      }),
    ))
})
