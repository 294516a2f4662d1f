import { expect, test, vi } from 'vitest'
import { rememberPart, rememberText, writtenNumber } from './written-numbers.js'

const text = '{"seed":9223372036854775808,"prompt":[1,1.50],"decoding":{"tau":1e999}}'

test('numbers are as they were written, also in a part of the body', () => {
  const [body, part] = [JSON.parse(text) as object, {}]
  rememberText(body, text)
  rememberPart(body, 'decoding', part)
  expect(writtenNumber(body, ['seed'])).toBe('9223372036854775808')
  expect(writtenNumber(body, ['prompt', 1])).toBe('1.50')
  expect(writtenNumber(part, ['tau'])).toBe('1e999')
  expect([writtenNumber(body, ['other']), writtenNumber({}, ['seed'])]).toEqual([null, null])
})

test('the text is read once, however many numbers an error shows', () => {
  const body = JSON.parse(text) as object
  rememberText(body, text)
  const parse = vi.spyOn(JSON, 'parse')
  for (let i = 0; i < 1000; i++) writtenNumber(body, ['prompt', i])
  expect(parse).toHaveBeenCalledTimes(1)
  parse.mockRestore()
})
