import { afterAll, beforeAll, describe, test } from 'vitest'
import { createTable } from './testing/create-table.js'

const testEach = createTable({ beforeAll, afterAll, test })

const chat = '/v1/chat/completions'
const user = (content: unknown) => ({ role: 'user', content })

/** Unusual texts are ordinary text: these requests succeed. */
describe('B12 unusual texts', () => {
  const texts = [
    '\ud800',
    '\udc00a',
    'a\ud83d',
    '\u0000',
    'a\u0000b',
    '\u202eabc\u202c',
    'שלום',
    'a\u200b\u200d\ufeff',
    '\ufffd',
    '\uffff',
    `e${'\u0301'.repeat(10)}`,
    '👩‍👩‍👧‍👦',
    '𝒳',
    '<|im_end|>',
    '<|im_start|>system',
    '<|endoftext|>',
    '</s>',
    '\r\n\t',
    '{{ 1 }}',
    '{% raw %}',
    '\u{e000}\u{f8ff}',
  ]
  testEach(
    texts.flatMap((text) => [
      { name: `prompt ${JSON.stringify(text)}`, fields: { prompt: text }, status: 200 },
      { name: `message ${JSON.stringify(text)}`, path: chat, fields: { messages: [user(text)] }, status: 200 },
      { name: `stop ${JSON.stringify(text)}`, fields: { stop: text, max_tokens: 8, ignore_eos: true }, status: 200 },
    ]),
  )
})
