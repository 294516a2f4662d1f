import { expect, it } from 'vitest'
import { readUrl } from './with-gateway.js'

it.each([
  ['localhost:8080', 'http://localhost:8080'],
  ['127.0.0.1:8080/v1', 'http://127.0.0.1:8080/v1'],
  ['[::1]:1', 'http://[::1]:1'],
  ['https://h', 'https://h'],
  ['HTTP://h:1', 'HTTP://h:1'],
])('accepts --url %s', (text, url) => expect(readUrl(text)).toBe(url))

it.each(['grpc://h:1', 'h:x', '', 'http://'])('refuses --url %s', (text) =>
  expect(() => readUrl(text)).toThrow(`--url ${text} is not the address of a gateway; expected http://HOST:PORT`),
)
