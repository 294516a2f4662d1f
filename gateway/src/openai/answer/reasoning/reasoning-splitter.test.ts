import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ReasoningSplitter } from './reasoning-splitter.js'

const tags = { open: '<think>', close: '</think>' }
const split = (parts: readonly string[], isOpen = false) => {
  const splitter = new ReasoningSplitter(tags, isOpen ? 'reasoning' : 'start')
  const found = [...parts.map((part) => splitter.push(part, false)), splitter.push('', true)]
  return [found.map(({ reasoning }) => reasoning).join(''), found.map(({ content }) => content).join('')]
}

test.each([
  ['<think>\nwhy\n</think>\n\nbecause\n', false, 'why', 'because\n'],
  ['\n <think>a</think>b', false, 'a', 'b'],
  ['<think>\n\n</think>\n\nb', false, '', 'b'],
  ['a\n b </think> c', true, 'a\n b', 'c'],
  ['<think>never closed\n', false, 'never closed', ''],
  ['<think>a</thin', false, 'a</thin', ''],
  ['never closed', true, 'never closed', ''],
  [' no reasoning <think>x</think>', false, '', ' no reasoning <think>x</think>'],
  ['<thin', false, '', '<thin'],
  ['  ', false, '', '  '],
  ['<think>a</think>b</think>c<think>', false, 'a', 'b</think>c<think>'],
  ['', false, '', ''],
])('%j, open: %s', (text, isOpen, reasoning, content) => {
  expect(split([text], isOpen)).toEqual([reasoning, content])
  expect(split([...text], isOpen)).toEqual([reasoning, content])
})

test('any split of a text gives the same parts', () => {
  const piece = fc.constantFrom('<think>', '</think>', '<', '</', 'think', '>', ' ', '\n', 'a', 'b')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), fc.boolean(), (pieces, isOpen) => {
      expect(split(pieces, isOpen)).toEqual(split([pieces.join('')], isOpen))
    }),
  )
})

test('text that cannot belong to a tag is passed on at once', () => {
  const splitter = new ReasoningSplitter(tags, 'start')
  expect(splitter.push('<think>', false)).toEqual({ reasoning: '', content: '' })
  expect(splitter.push('one <b', false)).toEqual({ reasoning: 'one <b', content: '' })
  expect(splitter.push('two </th', false)).toEqual({ reasoning: 'two', content: '' })
  expect(splitter.push('ree', false)).toEqual({ reasoning: ' </three', content: '' })
  expect(splitter.push(' </think>\nx', false)).toEqual({ reasoning: '', content: 'x' })
})
