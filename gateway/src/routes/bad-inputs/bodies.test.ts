import { afterAll, beforeAll, describe, test } from 'vitest'
import { apiKey } from './testing/bad-input.js'
import { createTable } from './testing/create-table.js'

const testEach = createTable({ beforeAll, afterAll, test })

const right = JSON.stringify({ model: 'toy', prompt: [4], max_tokens: 1 })
const notJson = { status: 400, param: null, code: null, message: 'the body is not JSON' }
const noObject = { status: 400, param: null, code: null, message: 'the body must be a JSON object' }
const wrongType = { status: 415, param: null, code: null }
const tooLarge = { status: 413, param: null, code: null, message: 'larger than the limit of 1000000 bytes' }
const head = [
  'POST /v1/completions HTTP/1.1',
  'Host: localhost',
  'Connection: close',
  `Authorization: Bearer ${apiKey}`,
  'Content-Type: application/json',
  '',
].join('\r\n')
const depth = 100_000
const nested = '['.repeat(depth) + ']'.repeat(depth)
const nestedObjects = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
const withField = (name: string, json: string) => `{"model":"toy","prompt":[4],"max_tokens":1,"${name}":${json}}`

describe('B1 a body that is not a JSON object', () => {
  testEach([
    { name: 'empty', text: '', ...notJson },
    { name: 'plain text', text: 'hello', ...notJson },
    { name: 'a form', text: 'model=toy&prompt=a', ...notJson },
    { name: 'truncated', text: right.slice(0, -5), ...notJson },
    { name: 'two objects', text: right + right, ...notJson },
    { name: 'a comma at the end', text: right.replace(/}$/, ',}'), ...notJson },
    { name: 'a comment', text: `${right} // please`, ...notJson },
    { name: 'single quotes', text: right.replaceAll('"', "'"), ...notJson },
    { name: 'NaN', text: withField('temperature', 'NaN'), ...notJson },
    { name: 'Infinity', text: withField('temperature', '-Infinity'), ...notJson },
    { name: 'a zero byte', text: `${right}\0`, ...notJson },
    { name: 'UTF-16', text: Buffer.from(right, 'utf16le'), status: 400 },
    {
      name: 'invalid UTF-8',
      text: Buffer.from('7b2261223a22ff227d', 'hex'),
      status: 400,
      message: 'not UTF-8',
    },
    { name: 'half a character', text: Buffer.from('7b2261223a22f09f227d', 'hex'), status: 400, message: 'not UTF-8' },
    ...['[]', 'null', '1', '"a"', 'true', `[${right}]`].map((text) => ({ name: text, text, ...noObject })),
    { name: 'a byte order mark before an object', text: `\ufeff${right}`, status: 200 },
    { name: 'a byte order mark and nothing else', text: '\ufeff', ...notJson },
  ])
})

describe('B13 unusual objects', () => {
  testEach([
    { name: 'an empty object', text: '{}', status: 400, param: 'model' },
    { name: `${depth} nested lists`, text: nested, ...noObject },
    { name: 'a duplicate key: the last one counts', text: withField('max_tokens', '2'), status: 200 },
    {
      name: '100,000 unknown keys',
      fields: Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`_${i.toString(36)}`, 1])),
      status: 200,
    },
    ...['__proto__', 'constructor', 'toString', 'hasOwnProperty'].flatMap((name) => [
      { name, text: withField(name, '{"stream":true,"model":"other"}'), status: 200 },
      {
        name: `decoding.${name}`,
        text: withField('decoding', `{"${name}":1}`),
        status: 400,
        param: `decoding.${name}`,
      },
      { name: `logit_bias.${name}`, text: withField('logit_bias', `{"${name}":1}`), status: 400, param: 'logit_bias' },
    ]),
    {
      name: 'a strategy that objects have',
      fields: { decoding: { strategy: 'constructor' } },
      status: 400,
      param: 'decoding.strategy',
    },
    ...['logit_bias', 'stop', 'prompt', 'decoding', 'tools', 'response_format', 'stream_options', 'unknown'].flatMap(
      (field) => [
        { name: `${depth} lists in ${field}`, text: withField(field, nested), status: field === 'unknown' ? 200 : 400 },
        {
          name: `${depth} objects in ${field}`,
          text: withField(field, nestedObjects),
          status: field === 'unknown' ? 200 : 400,
        },
      ],
    ),
    {
      name: `${depth} lists in messages`,
      path: '/v1/chat/completions',
      text: withField('messages', nested),
      status: 400,
    },
    {
      name: `${depth} lists in a message`,
      path: '/v1/chat/completions',
      text: withField('messages', `[{"role":"user","content":"a","x":${nested}}]`),
      status: 400,
    },
  ])
})

describe('B14 the transfer of a body', () => {
  testEach([
    ...[
      {},
      { 'content-type': 'text/plain' },
      { 'content-type': 'application/x-www-form-urlencoded' },
      { 'content-type': 'multipart/form-data; boundary=a' },
    ].map((headers) => ({
      headers: { 'content-type': '', ...headers },
      ...wrongType,
      message: 'expected application/json in UTF-8',
    })),
    { headers: { 'content-type': 'application/json; charset=utf-16' }, ...wrongType },
    { headers: { 'content-type': 'application/json; charset=latin1' }, ...wrongType },
    { headers: { 'content-type': 'application/jsonp' }, ...wrongType },
    { headers: { 'content-type': `application/${'j'.repeat(10_000)}` }, ...wrongType },
    ...['application/json; charset=utf-8', 'APPLICATION/JSON;charset="UTF-8"'].map((type) => ({
      headers: { 'content-type': type },
      status: 200,
    })),
    { headers: { 'content-encoding': 'gzip' }, ...wrongType, message: 'content-encoding is "gzip"' },
    { headers: { 'content-encoding': 'br, gzip' }, ...wrongType },
    { headers: { 'content-encoding': 'identity' }, status: 200 },
    { name: 'in two chunks', parts: [right.slice(0, 9), right.slice(9)], status: 200 },
    { name: 'in a chunk for each byte', parts: [...right], status: 200 },
    { name: 'in no chunk', parts: [], ...notJson },
    { name: 'of the maximum size', text: right.padEnd(1_000_000), status: 200 },
    { name: 'one byte above the maximum', text: right.padEnd(1_000_001), ...tooLarge },
    {
      name: 'one byte above the maximum, in chunks',
      parts: [right, ' '.repeat(1_000_001 - right.length)],
      ...tooLarge,
    },
    { name: 'of 10 MB', text: Buffer.alloc(10_000_000, 'a'), ...tooLarge },
    { name: 'of 10 MB, in chunks', parts: Array(10).fill(Buffer.alloc(1_000_000, 'a')), ...tooLarge },
    {
      name: 'in a million chunks of 6 bytes',
      raw: [`${head}Transfer-Encoding: chunked\r\n\r\n${'6\r\naaaaaa\r\n'.repeat(1_000_000)}0\r\n\r\n`],
      ...tooLarge,
    },
  ])
})
