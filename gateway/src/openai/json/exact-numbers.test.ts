import { expect, test } from 'vitest'
import { createChatTemplate } from '../../text/template/index.js'
import { messagesSchema, toConversationOptions, toMessages } from '../request/message.js'
import { exactNumbers } from './exact-numbers.js'
import { parseBody } from './parse-body.js'

const template = createChatTemplate(
  '{% if number is defined %}{{ number }} {{ list | tojson }} {{ messages[0].number }} {{ messages[0].inner | tojson }} {{ number is float }}{% endif %}',
  {},
)

/** Renders a number at several places of a request, as a thread receives them. */
function render(number: string): string {
  const body = parseBody(
    `{"messages":[{"role":"user","content":"x","number":${number},"inner":{"a":[${number}]}}],` +
      `"chat_template_kwargs":{"number":${number},"list":[${number},1]},"temperature":1.0}`,
  )
  const messages = toMessages(messagesSchema.parse(body.messages), body.messages)
  const kwargs = body.chat_template_kwargs as Readonly<Record<string, unknown>>
  const fields = { add_generation_prompt: true, continue_final_message: false, chat_template_kwargs: kwargs }
  return template(structuredClone(messages), structuredClone(toConversationOptions(fields)))
}

// Python: jinja2 with `json.loads`, and transformers' `tojson`.
test.each([
  ['1', '1', false],
  ['1.0', '1.0', true],
  ['-0', '0', false],
  ['-0.0', '-0.0', true],
  ['1e3', '1000.0', true],
  ['15e-1', '1.5', true],
  ['2.5E1', '25.0', true],
  ['0.1', '0.1', true],
  ['1e15', '1000000000000000.0', true],
  ['1e16', '1e+16', true],
  ['1e22', '1e+22', true],
  ['9007199254740991', '9007199254740991', false],
  ['9007199254740993', '9007199254740993', false],
  ['12345678901234567890', '12345678901234567890', false],
  ['-12345678901234567890', '-12345678901234567890', false],
  ['1234567890123456.0', '1234567890123456.0', true],
  ['9'.repeat(400), '9'.repeat(400), false],
  ['1e400', 'inf', true],
])('templates print %s as Python', (written, printed, isFloat) => {
  const flag = isFloat ? 'True' : 'False'
  const json = printed === 'inf' ? 'Infinity' : printed
  expect(render(written)).toBe(`${printed} [${json}, 1] ${printed} {"a": [${json}]} ${flag}`)
})

test('numbers of several conversations are as they were written', () => {
  const body = parseBody(
    '{"conversations":[[{"role":"user","content":"","n":1}],[{"role":"user","content":"","n":1.0}]]}',
  )
  const conversations = body.conversations as readonly unknown[]
  const numbers = conversations.map((one) => toMessages(messagesSchema.parse(one), one)[0]?.n)
  expect(numbers).toEqual([1, Object(1)])
})

test('values without a number, and those that were not remembered, stay the same objects', () => {
  const body = parseBody('{"messages":[{"a":"1.0","b":[1.5,null,true]}],"seed":12345678901234567890}')
  expect(exactNumbers(body.messages, body.messages, [])).toBe(body.messages)
  const other = [1, { a: 2 }]
  expect(exactNumbers(other, other, [])).toBe(other)
})

test('refuses integers that Python does not read', () => {
  const body = parseBody(`{"messages":[{"n":${'9'.repeat(4301)}}]}`)
  expect(() => exactNumbers(body.messages, body.messages, [])).toThrow(
    'a number has 4301 digits: expected at most 4300',
  )
})
