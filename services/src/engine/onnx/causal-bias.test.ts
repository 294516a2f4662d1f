import { expect, test } from 'vitest'
import { CausalBias } from './causal-bias.js'

test('a token attends to the past, to itself and to the tokens before it in its run', () => {
  const bias = new CausalBias()
  const seen = (...args: Parameters<CausalBias['build']>) =>
    [...bias.build(...args)].map((b) => (b === 0 ? 1 : 0)).join('')
  expect(seen([1], 1, 3)).toBe('1100' + '1110' + '1111')
  expect(seen([0], 0, 2)).toBe('10' + '11')
  expect(seen([4], 4, 1)).toBe('11111')
  expect(seen([2, 0, 3], 3, 1)).toBe('1101' + '0001' + '1111')
  expect(seen([1, 2], 2, 2)).toBe('1010' + '1011' + '1110' + '1111')
})
