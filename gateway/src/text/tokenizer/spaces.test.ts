import { expect, test } from 'vitest'
import { compilePattern } from './library.js'
import { createNormalizers, joinNormalizers } from './normalizers/create-normalizers.js'

const spaces = ' '.repeat(400_000)

// Quadratic time on this text would be hours.
test('spaces inside a text take linear time where only those at the end count', { timeout: 60_000 }, () => {
  const atEnd = compilePattern({ Regex: '\\s+$' })
  expect(`${spaces}1`.match(atEnd)).toBeNull()
  expect('a b \n '.match(atEnd)).toEqual([' \n '])
  const strip = joinNormalizers(createNormalizers({ type: 'Strip', strip_left: true, strip_right: true }))
  expect(strip.whole(` ${spaces}1${spaces}1 \u3000`)).toBe(`1${spaces}1`)
})
