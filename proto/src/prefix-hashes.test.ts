import fc from 'fast-check'
import { expect, test } from 'vitest'
import { emptyPrefixHash, extendPrefixHash } from './prefix-hash.js'
import { PrefixHashes } from './prefix-hashes.js'

test('gives the hash of every prefix, also after a truncation', () => {
  const hashes = new PrefixHashes()
  hashes.append(Uint32Array.of(5, 6, 7, 8))
  hashes.truncate(2)
  hashes.append(Uint32Array.of(9))
  expectHashesOf(hashes, [5, 6, 9])
  expect(() => hashes.hashAt(4)).toThrow('position is 4: expected at most 3, the number of tokens')
  expect(() => hashes.truncate(4)).toThrow('position is 4: expected at most 3, the number of tokens')
})

test('equals the hashes from scratch after any appends, truncations and copies', () => {
  const ids = fc.array(fc.nat({ max: 0xffffffff }), { maxLength: 20 })
  const operation = fc.record({ keep: fc.nat({ max: 40 }), append: ids, isCopied: fc.boolean() })
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 8 }), (operations) => {
      let hashes = new PrefixHashes()
      let tokens: number[] = []
      const originals: [PrefixHashes, readonly number[]][] = []
      for (const { keep, append, isCopied } of operations) {
        if (isCopied) {
          originals.push([hashes, tokens])
          hashes = hashes.copy()
        }
        const length = Math.min(keep, tokens.length)
        hashes.truncate(length)
        hashes.append(append)
        tokens = [...tokens.slice(0, length), ...append]
      }
      for (const [held, expected] of [...originals, [hashes, tokens] as const]) expectHashesOf(held, expected)
    }),
  )
})

function expectHashesOf(hashes: PrefixHashes, tokens: readonly number[]): void {
  expect(hashes.length).toBe(tokens.length)
  for (let length = 0; length <= tokens.length; length++)
    expect(hashes.hashAt(length)).toBe(extendPrefixHash(emptyPrefixHash, tokens.slice(0, length)))
}
