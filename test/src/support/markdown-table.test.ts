import { expect, test } from 'vitest'
import { markdownTable } from './markdown-table.js'

test('a table has a header, a separator and one line per row; cells stay on their line', () => {
  expect(markdownTable({ header: ['a', ''], rows: [['x | y', 'two\nlines']] })).toBe(
    '| a |  |\n|---|---|\n| x \\| y | two lines |',
  )
  expect(markdownTable({ header: ['a'], rows: [] })).toBe('| a |\n|---|')
})
