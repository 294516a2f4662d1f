import { expect, test } from 'vitest'
import { EventReader } from './event-reader.js'
import { StreamRecord } from './stream-record.js'

const content = (text: string) => JSON.stringify({ choices: [{ delta: { content: text } }] })
const usage = JSON.stringify({ choices: [], usage: { prompt_tokens: 5, completion_tokens: 3 } })

test('the first token is the first content that is not empty', () => {
  const record = new StreamRecord(1000)
  record.add(content(''), 1010)
  record.add(content('a'), 1050)
  record.add(content('b'), 1070)
  record.add(content('c'), 1070)
  expect(record.isComplete).toBe(false)
  record.add(usage, 1080)
  record.add('[DONE]', 1080)
  expect(record.isComplete).toBe(true)
  expect(record.result()).toEqual({ firstTokenMs: 50, gapsMs: [20, 0], promptTokens: 5, outputTokens: 3 })
})

test('an answer without usage or end mark is not complete; an error event is kept', () => {
  const record = new StreamRecord(0)
  record.add('[DONE]', 1)
  expect(record.isComplete).toBe(false)
  record.add(JSON.stringify({ error: { message: 'the service has gone' } }), 2)
  expect(record.error).toBe('the service has gone')
})

test('a whole answer has its usage and no first token', () => {
  const record = new StreamRecord(0)
  record.addWhole(JSON.stringify({ choices: [{ text: 'a' }], usage: { prompt_tokens: 1, completion_tokens: 1 } }))
  expect([record.isComplete, record.result().firstTokenMs]).toEqual([true, null])
})

test('events are read across borders of packets, in the middle of a character too', () => {
  const bytes = Buffer.from('data: {"a":"é"}\n\n: ping\n\ndata: [DONE]\n\n')
  const reader = new EventReader()
  expect([...bytes].flatMap((byte) => reader.push(Uint8Array.of(byte)))).toEqual(['{"a":"é"}', '[DONE]'])
})
