import { afterAll, beforeAll, describe, test } from 'vitest'
import { apiKey, type BadInput, createTable } from './testing/bad-input.js'

const testEach = createTable({ beforeAll, afterAll, test }, { apiKeys: ['other', apiKey] })

const bearer = `Bearer ${apiKey}`
const noKey = { status: 401, param: null, code: 'invalid_api_key', message: 'missing API key: send it as' }
const wrongKey = { status: 401, param: null, code: 'invalid_api_key', message: 'invalid API key' }

describe('a key', () => {
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
  ])
})

describe('x-request-id and traceparent', () => {
  const withKey = (headers: BadInput['headers'] = {}) => ({
    headers: { authorization: bearer, ...headers },
    status: 200,
  })
  testEach([
    ...['a b', '{}', '../x', 'é', '<script>', 'a'.repeat(129), ''].map((id) => withKey({ 'x-request-id': id })),
    { name: 'an id given twice', ...withKey({ 'x-request-id': ['a', 'b'] }) },
    { name: 'an id of 64 KB', ...withKey({ 'x-request-id': 'a'.repeat(65_536) }), status: 431 },
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
      (traceparent) => withKey({ traceparent }),
    ),
    { name: 'a traceparent of 64 KB', ...withKey({ traceparent: '0'.repeat(65_536) }), status: 431 },
  ])
})
