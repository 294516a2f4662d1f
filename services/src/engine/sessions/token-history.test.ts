import { emptyPrefixHash, extendPrefixHash } from '@tandem/proto'
import { expect, test } from 'vitest'
import { TokenHistory } from './token-history.js'

test('gives the hash of every prefix, also after a truncation', () => {
  const history = new TokenHistory()
  history.append(Uint32Array.of(5, 6, 7, 8))
  history.truncate(2)
  history.append(Uint32Array.of(9))
  const tokens = [5, 6, 9]
  for (const length of [0, 1, 2, 3])
    expect(history.hashAt(length)).toBe(extendPrefixHash(emptyPrefixHash, tokens.slice(0, length)))
  expect(() => history.hashAt(4)).toThrow('position is 4: expected at most 3, the tokens of the history')
})
