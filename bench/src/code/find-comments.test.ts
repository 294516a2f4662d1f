import { expect, it } from 'vitest'
import { findComments } from './find-comments.js'

const find = (text: string, literals: readonly string[] = []) => {
  const ranges = literals.map((literal) => ({
    start: text.indexOf(literal),
    end: text.indexOf(literal) + literal.length,
  }))
  return findComments(text, ranges).map(({ start, end }) => text.slice(start, end))
}

it('finds line comments and block comments', () => {
  expect(find('a // b\n/** c\n * d */ e /* f */')).toEqual(['// b', '/** c\n * d */', '/* f */'])
})

it('finds a comment at the end of the text', () => {
  expect(find('a // b')).toEqual(['// b'])
})

it('ignores comment marks in literals', () => {
  expect(find("x('http://a') // b", ["'http://a'"])).toEqual(['// b'])
  expect(find('/[/]*/ // c', ['/[/]*/'])).toEqual(['// c'])
})
