import { afterAll, beforeAll, expect, test } from 'vitest'
import { startToyGateway, type ToyGateway } from '../testing/toy-gateway.js'

let gateway: ToyGateway
let app: ReturnType<ToyGateway['app']>
const corsOrigins = ['https://chat.example.com', 'http://localhost:3000']
const [origin] = corsOrigins as [string]
beforeAll(async () => {
  gateway = await startToyGateway()
  app = gateway.app({ apiKeys: ['key'], corsOrigins })
})
afterAll(() => gateway.stop())

const path = '/v1/chat/completions'
const body = JSON.stringify({ model: 'toy', messages: [{ role: 'user', content: 'a' }], max_tokens: 1 })
const corsOf = ({ headers }: Response) =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')))
const preflight = (from: string) =>
  app.request(path, {
    method: 'OPTIONS',
    headers: {
      origin: from,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization, content-type, x-stainless-os',
    },
  })
const exposed =
  'x-request-id,x-should-retry,retry-after,x-ratelimit-limit-requests,x-ratelimit-remaining-requests,' +
  'x-ratelimit-reset-requests,x-ratelimit-limit-tokens,x-ratelimit-remaining-tokens,x-ratelimit-reset-tokens'

test.each(corsOrigins)('allows a preflight of %s without a key', async (from) => {
  const answer = await preflight(from)
  expect([answer.status, await answer.text(), answer.headers.get('vary')]).toMatchObject([
    204,
    '',
    expect.stringContaining('Origin'),
  ])
  expect(corsOf(answer)).toMatchObject({
    'access-control-allow-origin': from,
    'access-control-allow-methods': 'GET,HEAD,POST',
    'access-control-allow-headers': 'authorization,content-type,x-stainless-os',
    'access-control-max-age': '600',
  })
})

test.each([
  ['an answer', { authorization: 'Bearer key', 'content-type': 'application/json' }, 200],
  ['a refusal', { authorization: 'Bearer key' }, 415],
  ['a refusal for want of a key', {}, 401],
])('a page of the origin can read %s and its x-request-id', async (_, headers: object, status) => {
  const answer = await app.request(path, { method: 'POST', headers: { origin, ...headers }, body })
  expect(answer.status).toBe(status)
  expect(corsOf(answer)).toEqual({
    'access-control-allow-origin': origin,
    'access-control-expose-headers': exposed,
  })
  expect(answer.headers.get('vary')).toContain('Origin')
  expect(answer.headers.get('x-request-id')).not.toBeNull()
})

test('a page of the origin can read a stream', async () => {
  const headers = { origin, authorization: 'Bearer key', 'content-type': 'application/json' }
  const streamed = JSON.stringify({ ...(JSON.parse(body) as object), stream: true })
  const answer = await app.request(path, { method: 'POST', headers, body: streamed })
  expect(answer.headers.get('content-type')).toMatch('text/event-stream')
  expect(corsOf(answer)).toMatchObject({ 'access-control-allow-origin': origin })
  await answer.text()
})

test.each([
  'https://example.com',
  'http://chat.example.com',
  'https://chat.example.com:8443',
  'https://chat.example.com.evil.org',
  'null',
])('allows nothing for %s', async (from) => {
  const asked = await preflight(from)
  expect([asked.status, corsOf(asked)]).toEqual([401, {}])
  const headers = { origin: from, authorization: 'Bearer key', 'content-type': 'application/json' }
  const answer = await app.request(path, { method: 'POST', headers, body })
  expect([answer.status, corsOf(answer), answer.headers.get('vary')]).toEqual([200, {}, 'Origin'])
})
