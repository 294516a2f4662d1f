import fc from 'fast-check'
import { expect, test } from 'vitest'
import { finishWork } from '../work.js'
import { type Merges, mergeSymbols } from './merge-symbols.js'
import { PairTable } from './pair-table.js'

/** Merges of the symbols 0 to 3; the merge of rank r makes the symbol 4 + r. */
function createMerges(pairs: readonly (readonly [number, number])[]): Merges {
  const ranks = new PairTable()
  for (const [rank, [left, right]] of pairs.entries()) ranks.set(left, right, rank)
  return { rankOf: (left, right) => ranks.get(left, right), madeIds: Int32Array.from(pairs, (_, rank) => 4 + rank) }
}

/**
 * Merges the leftmost pair of the lowest rank, again and again: the definition, in quadratic time.
 */
function mergeNaively(symbols: readonly number[], merges: Merges): number[] {
  const ranks = symbols.slice(1).map((right, index) => merges.rankOf(symbols[index] ?? 0, right))
  const best = Math.min(...ranks.filter((rank) => rank >= 0))
  if (best === Number.POSITIVE_INFINITY) return [...symbols]
  const at = ranks.indexOf(best)
  return mergeNaively([...symbols.slice(0, at), merges.madeIds[best] ?? 0, ...symbols.slice(at + 2)], merges)
}

const pairs = fc
  .uniqueArray(fc.tuple(fc.nat(12), fc.nat(12)), { maxLength: 9, selector: String })
  // A merge joins what merges before it have made.
  .map((list) => list.filter(([left, right], rank) => Math.max(left, right) < 4 + rank))

test('makes the merges that the definition makes', () => {
  fc.assert(
    fc.property(pairs, fc.array(fc.nat(3), { minLength: 2, maxLength: 40 }), (list, symbols) => {
      const merges = createMerges(list)
      expect(finishWork(mergeSymbols(Int32Array.from(symbols), merges))).toEqual(mergeNaively(symbols, merges))
    }),
  )
})

test('twice as many symbols take at most twice as many steps', () => {
  const merges = createMerges([
    [0, 1],
    [4, 4],
    [5, 5],
    [6, 6],
  ])
  const countSteps = (symbols: number): number => {
    const work = mergeSymbols(
      Int32Array.from({ length: symbols }, (_, index) => index % 2),
      merges,
    )
    let steps = 1
    while (work.next().done !== true) steps++
    return steps
  }
  const [once, twice] = [countSteps(100_000), countSteps(200_000)]
  expect(once).toBeGreaterThan(50)
  expect(twice / once).toBeLessThan(2.1)
})

test('a table of pairs gives what a map gives', () => {
  const entry = fc.tuple(fc.nat(2 ** 31 - 1), fc.nat(300), fc.nat(2 ** 31 - 1))
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 3_000 }), fc.tuple(fc.nat(9), fc.nat(9)), (entries, [first, second]) => {
      const table = new PairTable()
      const map = new Map<string, number>()
      for (const [left, right, value] of entries) {
        table.set(left, right, value)
        map.set(`${left} ${right}`, value)
      }
      for (const [left, right] of entries) expect(table.get(left, right)).toBe(map.get(`${left} ${right}`))
      expect(table.get(first, second)).toBe(map.get(`${first} ${second}`) ?? -1)
    }),
    { numRuns: 20 },
  )
})
