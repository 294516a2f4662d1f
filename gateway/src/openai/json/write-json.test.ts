import fc from 'fast-check'
import { expect, test } from 'vitest'
import { writeJson } from './write-json.js'

test('writes what JSON.stringify writes, on one line by every definition', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
      const written = writeJson({ value, text })
      expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify({ value, text })))
      // The line ends of Python's splitlines.
      expect(written).not.toMatch(/[\n\v\f\r\u0085\u2028\u2029]/u)
    }),
  )
})

test('escapes the line ends that JSON allows', () => {
  expect(writeJson({ 'a\u2028': 'b\u2029c\u0085' })).toBe(String.raw`{"a\u2028":"b\u2029c\u0085"}`)
})

test('writes a bigint as a number, and text of digits as text', () => {
  const value = { seed: 2n ** 63n - 1n, least: [-(2n ** 63n)], text: '9223372036854775807' }
  expect(writeJson(value)).toBe(
    '{"seed":9223372036854775807,"least":[-9223372036854775808],"text":"9223372036854775807"}',
  )
})
