import { Writable } from 'node:stream'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { postJson, readEvents, startToyGateway, type ToyGateway } from '../testing/toy-gateway.js'

/** vLLM's `request_id` and `cache_salt`. */

let gateway: ToyGateway
beforeAll(async () => {
  gateway = await startToyGateway()
})
afterAll(() => gateway.stop())

const body = { model: 'toy', prompt: [4, 388], messages: [{ role: 'user', content: 'a' }], max_tokens: 1 }
const idSchema = z.object({ id: z.string() })
const kinds = [
  ['completions', 'cmpl'],
  ['chat/completions', 'chatcmpl'],
] as const

describe.each(kinds)('request_id of /v1/%s', (path, kind) => {
  const ask = (more: object, headers: Record<string, string> = {}) =>
    gateway.post(`/v1/${path}`, { ...body, ...more }, { headers })
  const namesOf = async (response: Response) => [
    idSchema.parse(await response.json()).id,
    response.headers.get('x-request-id'),
  ]

  test('appears in the id and in x-request-id; the header takes precedence', async () => {
    expect(await namesOf(await ask({ request_id: 'mine:1' }))).toEqual([`${kind}-mine:1`, 'mine:1'])
    const headers = { 'x-request-id': 'proxy-2' }
    expect(await namesOf(await ask({ request_id: 'mine:1' }, headers))).toEqual([`${kind}-proxy-2`, 'proxy-2'])
    expect(await namesOf(await ask({ request_id: 'mine:1' }, { 'x-request-id': 'no name' }))).toContain('mine:1')
  })

  test('is generated for each request if not set', async () => {
    const [first = '', second = ''] = [await namesOf(await ask({})), await namesOf(await ask({ request_id: null }))]
    expect(first[0]).toBe(`${kind}-${first[1]}`)
    expect(first[1]).toMatch(/^[0-9a-f-]{36}$/)
    expect(second[1]).not.toBe(first[1])
  })

  test('is the same in every chunk', async () => {
    const response = await ask({ request_id: 'mine', stream: true })
    expect(response.headers.get('x-request-id')).toBe('mine')
    const ids = (await readEvents(response)).map((chunk) => idSchema.parse(chunk).id)
    expect(new Set(ids)).toEqual(new Set([`${kind}-mine`]))
  })

  test.each(['', 'a b', 'x'.repeat(129), 'ä', 'a\n', 5])('%j is refused', async (request_id) => {
    const response = await ask({ request_id })
    expect([response.status, await response.json()]).toMatchObject([400, { error: { param: 'request_id' } }])
  })
})

test('the log contains request_id', async () => {
  const lines: string[] = []
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString())
      done()
    },
  })
  const app = gateway.app({ log: pino({ level: 'debug' }, sink) })
  gateway.dpo.nextError = { code: 13, message: 'broken' }
  const failed = await postJson(app, '/v1/completions', { ...body, request_id: 'mine-7' })
  expect([failed.status, failed.headers.get('x-request-id')]).toEqual([500, 'mine-7'])
  expect(lines.map((line) => z.object({ requestId: z.string() }).parse(JSON.parse(line)).requestId)).toEqual(['mine-7'])
})

describe('cache_salt', () => {
  const scopeOf = async (cache_salt: string | null | undefined, key = 'one') => {
    const app = gateway.app({ apiKeys: ['one', 'two'] })
    gateway.dpo.steps = []
    const headers = { authorization: `Bearer ${key}` }
    const response = await postJson(app, '/v1/completions', { ...body, cache_salt }, { headers })
    expect(response.status).toBe(200)
    return gateway.dpo.steps[0]?.prefixScope
  }

  test('only requests with the same key and salt share prompts', async () => {
    const scopes: (string | undefined)[] = []
    const asked = [undefined, 'a', 'b', 'b'.repeat(1024)] as const
    for (const key of ['one', 'two']) for (const salt of asked) scopes.push(await scopeOf(salt, key))
    expect(new Set(scopes).size).toBe(2 * asked.length)
    for (const scope of scopes) expect(scope).toMatch(/^[0-9a-f]{32}$/)
    expect(await scopeOf('a')).toBe(scopes[1])
    expect(await scopeOf(null)).toBe(scopes[0])
  })

  test.each(['', 'a'.repeat(1025), 5])('%j is refused', async (cache_salt) => {
    for (const [path] of kinds) {
      const response = await gateway.post(`/v1/${path}`, { ...body, cache_salt })
      expect([response.status, await response.json()]).toMatchObject([400, { error: { param: 'cache_salt' } }])
    }
  })
})
