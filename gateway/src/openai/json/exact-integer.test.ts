import { expect, test } from 'vitest'
import { exactInteger } from './exact-integer.js'

test.each([
  ['1e18', 10n ** 18n],
  ['-9.2e18', -92n * 10n ** 17n],
  ['9007199254740993.0', 9007199254740993n],
  ['90071992547409930e-1', 9007199254740993n],
  ['1E+2', 100n],
  ['-0', 0n],
  ['5e-1', null],
  ['9007199254740993.5', null],
  ['1e400', null],
  ['1e-99999999999', null],
  [`0.${'0'.repeat(90)}1e91`, null],
  ['x', null],
])('%s', (written, integer) => {
  expect(exactInteger(written)).toBe(integer)
})
