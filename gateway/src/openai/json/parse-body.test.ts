import { expect, test } from 'vitest'
import { parseBody } from './parse-body.js'
import { showSent, writtenNumber } from './written-numbers.js'

test.each([
  ['9223372036854775807', 9223372036854775807n],
  ['-9223372036854775808', -9223372036854775808n],
  ['9007199254740993', 9007199254740993n],
  ['9007199254740991', 9007199254740991],
  ['-0', -0],
  ['1.5', 1.5],
  ['1e30', 1e30],
  ['1e400', Number.POSITIVE_INFINITY],
  ['"9223372036854775807"', '9223372036854775807'],
])('a seed of %s keeps all its digits', (written, seed) => {
  expect(parseBody(`{"seed":${written}}`).seed).toBe(seed)
  expect(parseBody(`{"decoding":{"seed":${written}}}`).decoding).toEqual({ seed })
})

test('of a key that occurs twice the last one counts, also if it is spelled with an escape', () => {
  const body = parseBody(String.raw`{"seed":9007199254740993,"s\u0065ed":9007199254740995}`)
  expect(body.seed).toBe(9007199254740995n)
})

test('numbers are shown as they were written, at any place', () => {
  const body = parseBody('{"a":2.50,"decoding":{"alpha":1e400},"list":[[12345678901234567890]],"text":"1"}')
  const shown = (value: unknown, path: readonly PropertyKey[]) => showSent(value, body, path)
  expect(shown(body.a, ['a'])).toBe('2.50')
  expect(shown(1e19, ['list', 0, 0])).toBe('12345678901234567890')
  expect(shown(body.text, ['text'])).toBe('"1"')
  expect(writtenNumber(body.decoding, ['alpha'])).toBe('1e400')
  expect(writtenNumber(body, ['toString', 'length'])).toBeNull()
  expect(writtenNumber({ a: 1 }, ['a'])).toBeNull()
})
