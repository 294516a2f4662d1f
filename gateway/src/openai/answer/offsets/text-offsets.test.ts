import { expect, test } from 'vitest'
import { readText } from '../../../text/testing/fixtures.js'
import { TextOffsets } from './text-offsets.js'

const text = readText('tiny/llama-tied')
/** The ids of single bytes. */
const ids = (bytes: readonly number[]) => {
  const found = bytes.map((byte) =>
    Array.from({ length: text.vocabularySize }, (_, id) => id).find((id) => {
      const own = text.tokenBytes(id)
      return own.length === 1 && own[0] === byte
    }),
  )
  return found.map((id) => id ?? -1)
}
const offsetsOf = (tokens: readonly number[], skipSpecialTokens = true) => {
  const offsets = new TextOffsets(text, { skipSpecialTokens }, 0)
  return tokens.map((id) => offsets.next(id))
}
const [end] = text.specialTokenIds

test.each([
  ['é, then a', [0xc3, 0xa9, 0x61], [0, 0, 1]],
  ['an unfinished character, then a', [0x61, 0xf0, 0x9f, 0x61], [0, 1, 1, 2]],
  ['two unfinished characters', [0xc3, 0xc3, 0xa9, 0x61], [0, 1, 1, 2]],
  ['a byte that begins nothing', [0x80, 0x61, 0xff, 0x61], [0, 1, 2, 3]],
  ['a character outside of the BMP counts once', [0xf0, 0x9f, 0x99, 0x82, 0x61, 0x62], [0, 0, 0, 0, 1, 2]],
])('%s', (_, bytes, offsets) => {
  const tokens = ids(bytes)
  expect(tokens).not.toContain(-1)
  expect(offsetsOf(tokens)).toEqual(offsets)
})

test('a special token that the text does not have takes no room, also inside a character', () => {
  const [first = 0, second = 0, a = 0] = ids([0xc3, 0xa9, 0x61])
  const special = end ?? -1
  expect(offsetsOf([special, a, special, a])).toEqual([0, 0, 1, 1])
  expect(offsetsOf([first, special, second, a])).toEqual([0, 0, 0, 1])
  const length = text.tokenText(special).length
  expect(offsetsOf([special, a], false)).toEqual([0, length])
})
