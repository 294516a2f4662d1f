import { emptyPrefixHash, extendPrefixHash } from '@tandem/proto'
import { expect, test } from 'vitest'
import { TokenHistory } from './token-history.js'

test('a history knows the hash of every prefix, also after it was cut and went on', () => {
  const history = new TokenHistory()
  history.append(Uint32Array.of(5, 6, 7, 8))
  history.truncate(2)
  history.append(Uint32Array.of(9))
  const tokens = [5, 6, 9]
  for (const length of [0, 1, 2, 3])
    expect(history.hashAt(length)).toBe(extendPrefixHash(emptyPrefixHash, tokens.slice(0, length)))
  expect(() => history.hashAt(4)).toThrow('position 4 of a history of 3 tokens')
})
