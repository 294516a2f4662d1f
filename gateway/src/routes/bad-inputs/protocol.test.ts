import { afterAll, beforeAll, describe, test } from 'vitest'
import { apiKey } from './testing/bad-input.js'
import { createTable } from './testing/create-table.js'

const testEach = createTable({ beforeAll, afterAll, test })

const json = JSON.stringify({ model: 'toy', prompt: [4], max_tokens: 1 })
const head = (line: string, ...headers: readonly string[]) =>
  `${[line, 'Host: localhost', 'Connection: close', `Authorization: Bearer ${apiKey}`, ...headers].join('\r\n')}\r\n\r\n`
const get = (path: string, ...headers: readonly string[]) => head(`GET ${path} HTTP/1.1`, ...headers)
const post = (...headers: readonly string[]) =>
  head('POST /v1/completions HTTP/1.1', 'Content-Type: application/json', ...headers)
const unreadable = { status: 400, param: null, code: null, message: 'the request cannot be read: expected HTTP/1.1' }
const unknownPath = { method: 'GET', status: 404, code: 'not_found' }
const wrongMethod = { status: 405, code: 'method_not_allowed' }

describe('B19 methods and paths', () => {
  testEach([
    ...['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'GET', 'HEAD'].map((method) => ({ name: method, method, ...wrongMethod })),
    ...['/v1/models', '/v1/models/toy', '/livez', '/readyz', '/health', '/openapi.json'].map((path) => ({
      name: `POST ${path}`,
      path,
      ...wrongMethod,
      message: `${path} accepts GET, HEAD, not POST`,
    })),
    { name: 'TRACE', raw: [head('TRACE /v1/models HTTP/1.1')], ...wrongMethod },
    { name: 'CONNECT', raw: [head('CONNECT example.org:443 HTTP/1.1')], ...wrongMethod, message: 'not a proxy' },
    { name: 'an unknown method', raw: [head('FETCH /v1/models HTTP/1.1')], ...unreadable },
    { name: 'an unknown path', path: '/v1/nothing', ...unknownPath, message: 'unknown route GET /v1/nothing' },
    { name: 'the same with POST', path: '/v1/responses', status: 404, code: 'not_found' },
    { name: 'double slashes', path: '//v1//models', ...unknownPath },
    { name: 'an escaped slash', path: '/v1%2Fmodels', ...unknownPath },
    { name: "an escaped slash in a model's name", path: '/v1/models/toy%2Faad', method: 'GET', status: 200 },
    { name: 'a parent directory', raw: [get('/v1/models/../../etc/passwd')], status: 404, code: 'not_found' },
    { name: 'an escaped parent directory', path: '/v1/models/..%2f..%2fetc%2fpasswd', method: 'GET', status: 404 },
    { name: 'half an escape', path: '/v1/models/%E0%A4%A', method: 'GET', status: 404, code: 'model_not_found' },
    { name: 'a backslash', raw: [get('/v1\\models')], status: 400, message: 'its path or its Host header' },
    { name: 'a long path', path: `/${'a'.repeat(15_000)}`, ...unknownPath },
    { name: 'a path above the header limit', path: `/${'a'.repeat(20_000)}`, method: 'GET', status: 431 },
    { name: 'letters that need an escape', raw: [get('/v1/modèls')], ...unreadable },
    { name: 'no path', raw: [head('OPTIONS * HTTP/1.1')], status: 400, message: 'its path or its Host header' },
    { name: 'a path of another scheme', raw: [get('ftp://localhost/v1/models')], status: 400 },
  ])
})

describe('B14 the HTTP protocol', () => {
  testEach([
    { name: 'not HTTP', raw: ['hello\r\n\r\n'], ...unreadable },
    { name: 'TLS', raw: ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'], ...unreadable },
    { name: 'HTTP/2', raw: ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'], ...unreadable },
    {
      name: 'no Host',
      raw: ['GET /v1/models HTTP/1.1\r\nConnection: close\r\n\r\n'],
      status: 400,
      message: 'Host header',
    },
    {
      name: 'an invalid Host',
      raw: ['GET /v1/models HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n'],
      status: 400,
    },
    { name: 'an expectation', raw: [post('Expect: 200-maybe', 'Content-Length: 2'), '{}'], status: 417 },
    {
      name: 'a header line of 20,000 bytes',
      raw: [get('/livez', `X-Long: ${'a'.repeat(20_000)}`)],
      status: 431,
      message: '16384 bytes',
    },
    {
      name: '3,000 header lines',
      raw: [get('/livez', ...Array.from({ length: 3_000 }, (_, i) => `x-${i}: y`))],
      status: 431,
    },
    { name: 'a header of two lines', raw: [get('/livez', 'x-request-id: a\r\n b')], ...unreadable },
    { name: 'a control character', raw: [get('/livez', 'x-request-id: a\x01b')], ...unreadable },
    {
      name: 'a length and chunks',
      raw: [post('Content-Length: 2', 'Transfer-Encoding: chunked'), '2\r\n{}\r\n0\r\n\r\n'],
      ...unreadable,
    },
    { name: 'two lengths', raw: [post('Content-Length: 2', 'Content-Length: 3'), '{}'], ...unreadable },
    { name: 'a negative length', raw: [post('Content-Length: -2'), '{}'], ...unreadable },
    { name: 'a length that is not a number', raw: [post('Content-Length: two'), '{}'], ...unreadable },
    {
      name: 'a chunk without its size',
      raw: [post('Transfer-Encoding: chunked'), 'zz\r\n{}\r\n0\r\n\r\n'],
      ...unreadable,
    },
    {
      name: 'a chunk shorter than it says',
      raw: [post('Transfer-Encoding: chunked'), '5\r\n{}\r\n0\r\n\r\n'],
      ...unreadable,
    },
    { name: 'another transfer encoding', raw: [post('Transfer-Encoding: gzip'), '{}'], ...unreadable },
    {
      name: 'a length below that of the body',
      raw: [post('Content-Length: 5'), json],
      status: 400,
    },
  ])
})

describe('B14 slow clients', () => {
  const testSlow = createTable({ beforeAll, afterAll, test }, { receiveTimeoutMs: 400 })
  const late = { status: 408, code: null, message: 'the request was not complete within 400 ms' }
  const drops = (text: string) => [...text].flatMap((letter) => [letter, 60])
  testSlow([
    { name: 'headers sent letter by letter', raw: drops(get('/v1/models')), ...late },
    { name: 'headers that do not end', raw: ['GET /v1/models HTTP/1.1\r\nHost: a\r\n', 600, 'x: y\r\n'], ...late },
    {
      name: 'a body sent letter by letter',
      raw: [post(`Content-Length: ${json.length}`), ...drops(json)],
      ...late,
    },
    { name: 'a body that stops before its length', raw: [post('Content-Length: 99'), json], ...late },
    {
      name: 'chunks sent letter by letter',
      raw: [post('Transfer-Encoding: chunked'), ...drops('1\r\n{\r\n1\r\n}\r\n')],
      ...late,
    },
    { name: 'a body that never begins', raw: [post('Content-Length: 99')], ...late },
  ])
})
