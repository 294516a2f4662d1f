import { afterAll, beforeAll, describe, test } from 'vitest'
import { toyKeys } from '../../testing/guarded-toys.js'
import { apiKey, type BadInput } from './testing/bad-input.js'
import { createTable } from './testing/create-table.js'

const testEach = createTable({ beforeAll, afterAll, test })

const bearer = `Bearer ${apiKey}`
const noKey = { key: null, status: 401, param: null, code: 'invalid_api_key', message: 'missing API key: send it as' }
const wrongKey = { status: 401, param: null, code: 'invalid_api_key', message: 'invalid API key' }

describe('B15 a key', () => {
  testEach([
    { name: 'missing', ...noKey },
    ...[
      '',
      'Bearer',
      'Bearer ',
      apiKey,
      `Basic ${Buffer.from(apiKey).toString('base64')}`,
      `Bearer ${apiKey} ${apiKey}`,
    ].map((authorization) => ({ headers: { authorization }, ...noKey })),
    ...['Bearer wrong', `Bearer ${apiKey}x`, `Bearer ${apiKey.slice(1)}`, 'Bearer other,a-key', 'Bearer schlüssel'].map(
      (authorization) => ({
        headers: { authorization },
        ...wrongKey,
      }),
    ),
    { name: 'of 10,000 characters', headers: { authorization: `Bearer ${'a'.repeat(10_000)}` }, ...wrongKey },
    { name: 'of a million characters', headers: { authorization: `Bearer ${'a'.repeat(1_000_000)}` }, status: 431 },
    { name: 'given twice, the right one first', headers: { authorization: [bearer, 'Bearer wrong'] }, status: 401 },
    { name: 'given twice, the right one last', headers: { authorization: ['Bearer wrong', bearer] }, status: 401 },
    { name: 'in the query', path: `/v1/completions?api_key=${apiKey}`, ...noKey },
    { name: 'in a header of another name', headers: { 'x-api-key': apiKey }, ...noKey },
    { name: 'in the body', fields: { api_key: apiKey }, ...noKey },
    { name: 'missing, for an unknown path', path: '/v1/nothing', ...noKey },
    { name: 'missing, for an unsupported method', method: 'PUT', ...noKey },
    { name: 'missing, with a body that is too large', text: 'a'.repeat(2_000_000), ...noKey },
    { name: 'missing, with a body that is not JSON', text: '{', ...noKey },
    { name: 'in lower case', headers: { authorization: `bearer ${apiKey}` }, status: 200 },
    { name: 'another one of the file', key: toyKeys.other, status: 200 },
    { name: 'by its name', key: 'ample', ...wrongKey },
  ])
})

describe('B15 a key whose limits answer before the error of the request', () => {
  const wrong = { fields: { temperature: 3 } }
  testEach([
    { name: 'the first of a minute', key: toyKeys.oneRequest, ...wrong, status: 400, param: 'temperature' },
    {
      name: 'the second of a minute',
      key: toyKeys.oneRequest,
      times: 2,
      ...wrong,
      status: 429,
      param: null,
      code: 'rate_limit_exceeded',
      message: 'this API key has used its 1 requests per minute: retry in ',
    },
    {
      name: 'more tokens than a minute has',
      key: toyKeys.fewTokens,
      fields: { max_tokens: 8 },
      status: 400,
      code: 'tokens_per_minute_exceeded',
      message: 'the request can take 11 tokens',
    },
  ])
})

describe('B16 x-request-id and traceparent', () => {
  const sent = (headers: BadInput['headers'] = {}) => ({ headers, status: 200 })
  testEach([
    ...['a b', '{}', '../x', 'é', '<script>', 'a'.repeat(129), ''].map((id) => sent({ 'x-request-id': id })),
    { name: 'an id given twice', ...sent({ 'x-request-id': ['a', 'b'] }) },
    { name: 'an id of 64 KB', ...sent({ 'x-request-id': 'a'.repeat(65_536) }), status: 431 },
    {
      name: 'a line break in an id',
      raw: ['GET /livez HTTP/1.1\r\nHost: a\r\nx-request-id: a\rb\r\n\r\n'],
      status: 400,
    },
    {
      name: 'another header in an id',
      raw: ['GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\nx-request-id: a\nset-cookie: b\r\n\r\n'],
      status: 400,
    },
    ...['', '00', '00-00000000000000000000000000000000-0000000000000000-00', 'zz-1-2-3', '00'.repeat(4_000)].map(
      (traceparent) => sent({ traceparent }),
    ),
    { name: 'a traceparent of 64 KB', ...sent({ traceparent: '0'.repeat(65_536) }), status: 431 },
  ])
})
