import fc from 'fast-check'
import { expect, test } from 'vitest'
import { quoteNumbers } from './quote-numbers.js'

test.each([
  ['{"a":1,"b":[-2.50,1e400,0],"c":"3"}', '{"a":"1","b":["-2.50","1e400","0"],"c":"3"}'],
  [String.raw`{"\"1":"\\","2":"4\\\"5"}`, String.raw`{"\"1":"\\","2":"4\\\"5"}`],
  ['12345678901234567890', '"12345678901234567890"'],
  ['[true, null,-0 , 1E+2]', '[true, null,"-0" , "1E+2"]'],
])('%s', (json, quoted) => {
  expect(quoteNumbers(json)).toBe(quoted)
})

test('changes nothing but numbers, for any JSON', () => {
  const asText = (value: unknown): unknown => {
    if (typeof value === 'number') return JSON.stringify(value)
    if (Array.isArray(value)) return value.map(asText)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asText(item)]))
  }
  fc.assert(
    fc.property(fc.json(), (json) => {
      expect(JSON.parse(quoteNumbers(json))).toEqual(asText(JSON.parse(json)))
    }),
  )
})
