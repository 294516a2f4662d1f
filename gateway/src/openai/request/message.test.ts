import { expect, test } from 'vitest'
import { messagesSchema, toMessages } from './message.js'

const orderOf = (sent: readonly object[]) => JSON.stringify(toMessages(messagesSchema.parse(sent), sent))

test('messages keep the order of their keys, which templates print', () => {
  const sent = [
    { content: 'a', role: 'user', name: 'bob' },
    { name: 'bob', role: 'user', content: 'a' },
    { role: 'assistant', extra: { z: 1, a: 2 }, content: null, tool_calls: [] },
    { zip: 1, role: 'assistant', name: null },
  ]
  expect(orderOf(sent)).toBe(
    '[{"content":"a","role":"user","name":"bob"},{"name":"bob","role":"user","content":"a"},' +
      '{"role":"assistant","extra":{"z":1,"a":2},"content":""},{"zip":1,"role":"assistant","content":""}]',
  )
  expect(orderOf([{ content: 'a', role: 'developer' }])).toBe('[{"content":"a","role":"system"}]')
})
