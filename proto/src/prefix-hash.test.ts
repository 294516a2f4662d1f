import fc from 'fast-check'
import { expect, test } from 'vitest'
import { emptyPrefixHash, extendPrefixHash } from './prefix-hash.js'

const ids = fc.array(fc.nat({ max: 0xffffffff }), { maxLength: 20 })

test('the hash is FNV-1a: the published hash of the bytes of "foobar"', () => {
  // Eight bytes make two ids. The value for "foobarfo" follows from two more rounds over the
  // published value for "foobar".
  expect(extendPrefixHash(emptyPrefixHash, [])).toBe(0xcbf29ce484222325n)
  const twoRounds = (hash: bigint, text: string) =>
    [...Buffer.from(text)].reduce((h, b) => BigInt.asUintN(64, (h ^ BigInt(b)) * 0x100000001b3n), hash)
  expect(twoRounds(emptyPrefixHash, 'foobar')).toBe(0x85944171f73967e8n)
  expect(extendPrefixHash(emptyPrefixHash, [0x626f6f66, 0x6f667261])).toBe(twoRounds(0x85944171f73967e8n, 'fo'))
})

test('the hash is rolling: extending a prefix gives the hash of the whole', () => {
  fc.assert(
    fc.property(ids, ids, (a, b) => {
      expect(extendPrefixHash(extendPrefixHash(emptyPrefixHash, a), b)).toBe(
        extendPrefixHash(emptyPrefixHash, [...a, ...b]),
      )
    }),
  )
})
