import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchUnits } from './match-units.js'

const match = (first: string, second: string) => [...matchUnits([...first], [...second])]

test.each([
  ['end', '<|end|>', [2, 3, 4]],
  ['endaa<s>a', '<|end|>aa<s>a', [2, 3, 4, 7, 8, 9, 10, 11, 12]],
  ['abc', 'abc', [0, 1, 2]],
  ['axc', 'abc', [0, -1, 2]],
  ['abxxcd', 'abcd', [0, 1, -1, -1, 2, 3]],
  ['', 'abc', []],
  ['abc', '', [-1, -1, -1]],
])('%s and %s', (first, second, partners) => {
  expect(match(first, second)).toEqual(partners)
})

test('a long part that only the second list has is skipped', () => {
  const tail = 'the quick brown fox'
  expect(match(`a${tail}`, `a${'#'.repeat(5_000)}${tail}`)).toEqual([0, ...Array.from(tail, (_, i) => 5_001 + i)])
})

const lists = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 60 })

test('partners are equal and in order, and a list without some units is matched whole', () => {
  fc.assert(
    fc.property(lists, lists, (first, second) => {
      const partners = match(first, second)
      const found = partners.flatMap((partner, i) => (partner < 0 ? [] : [[i, partner] as const]))
      for (const [i, partner] of found) expect(first[i]).toBe(second[partner])
      expect(found.map(([, partner]) => partner)).toEqual(
        [...new Set(found.map(([, partner]) => partner))].toSorted((a, b) => a - b),
      )
    }),
  )
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 15 }), (whole) => {
      expect(match(whole.replaceAll('-', ''), whole)).not.toContain(-1)
    }),
  )
})

test('lists without anything in common take linear time', () => {
  expect(match('a'.repeat(50_000), 'b'.repeat(50_000)).every((partner) => partner === -1)).toBe(true)
})
