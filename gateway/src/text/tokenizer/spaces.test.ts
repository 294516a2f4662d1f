import { expect, test } from 'vitest'
import { costGrowth } from '../testing/cost-growth.js'
import { compilePattern } from './library.js'
import { createNormalizers, joinNormalizers } from './normalizers/create-normalizers.js'

test('spaces inside a text take linear time where only those at the end count', () => {
  const atEnd = compilePattern({ Regex: '\\s+$' })
  expect('a b \n '.match(atEnd)).toEqual([' \n '])
  expect(costGrowth((size) => expect(`${' '.repeat(size)}1`.match(atEnd)).toBeNull(), 5_000)).toBeLessThan(4)
  const normalizer = joinNormalizers(createNormalizers({ type: 'Strip', strip_left: true, strip_right: true }))
  const strip = (size: number) => {
    const spaces = ' '.repeat(size)
    expect(normalizer.whole(` ${spaces}1${spaces}1 \u3000`)).toBe(`1${spaces}1`)
  }
  expect(costGrowth(strip, 5_000)).toBeLessThan(4)
})
