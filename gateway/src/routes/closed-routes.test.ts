import { afterAll, beforeAll, expect, test } from 'vitest'
import { startToyGateway, type ToyGateway } from '../testing/toy-gateway.js'
import { docsPaths } from './docs.js'
import { operationIds, operations } from './operations.js'

/** With API keys, every path but the health routes needs one, whatever the method is. */

let gateway: ToyGateway
let app: ReturnType<ToyGateway['app']>
beforeAll(async () => {
  gateway = await startToyGateway()
  app = gateway.app({ apiKeys: ['key'] })
})
afterAll(() => gateway.stop())

const openPaths = ['/livez', '/readyz', '/health']
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const unknownPaths = [
  '/nothing',
  '/v1',
  '/v1/nothing',
  '/metrics',
  '/admin',
  '/slots',
  '/livez/',
  '/livez/more',
  '/healthz',
  '//livez',
  '/Livez',
  '/livez%2F..%2Finfo',
  '/livez;info',
  '/docs/',
  '/docs/index.js',
  '//info',
  '/info/',
  '/v1//models',
]

test('every route of the table and of the router, and every unknown path, needs a key', async () => {
  const ofTable = operationIds.map((id) => operations[id].path.replace('{id}', 'toy'))
  const ofRouter = app.routes.map(({ path }) => path.replace(/:\w+\{.*\}/, 'toy').replaceAll('*', 'x'))
  const closed = new Set([...ofTable, ...ofRouter, ...docsPaths, ...unknownPaths].filter((p) => !openPaths.includes(p)))
  for (const known of ['/', '/info', '/openapi.json', '/docs', '/v1/models/toy', '/v1/chat/completions', '/v1/score'])
    expect(closed).toContain(known)
  for (const path of closed)
    for (const method of methods) {
      const answer = await app.request(path, { method })
      const { status, headers } = answer
      expect([method, path, status, headers.get('www-authenticate')]).toEqual([method, path, 401, 'Bearer'])
      if (method !== 'HEAD') expect(await answer.json()).toMatchObject({ error: { code: 'invalid_api_key' } })
    }
})

test('with a key they answer: none of them is closed by mistake', async () => {
  const headers = { authorization: 'Bearer key' }
  for (const id of operationIds) {
    const { method, path } = operations[id]
    const { status } = await app.request(path.replace('{id}', 'toy'), { method, headers })
    expect([path, status]).toEqual([path, method === 'GET' ? 200 : 415])
  }
  for (const path of docsPaths)
    expect([path, (await app.request(path, { headers })).status]).toEqual([path, path === '/' ? 302 : 200])
})

test('the health routes are open, for reading only, and a wrong key does not close them', async () => {
  expect(operationIds.filter((id) => operations[id].isOpen).map((id) => operations[id].path)).toEqual(openPaths)
  for (const path of openPaths)
    for (const headers of [{}, { authorization: 'Bearer wrong' }]) {
      expect((await app.request(path, { headers })).status).toBe(200)
      expect((await app.request(path, { headers, method: 'HEAD' })).status).toBe(200)
      expect((await app.request(path, { headers, method: 'POST' })).status).toBe(405)
    }
})

test('only the holder of a key sees the addresses of services in /readyz', async () => {
  const stage = { current: 'leaving' as const }
  const faultsOf = async (keys: readonly string[], headers: Record<string, string>) => {
    const answer = await gateway.app({ apiKeys: keys, stage }).request('/readyz', { headers })
    expect(answer.status).toBe(503)
    return ((await answer.json()) as { faults: string[] }).faults
  }
  const faults = ['the gateway is stopping']
  expect(await faultsOf([], {})).toEqual(faults)
  expect(await faultsOf(['key'], { authorization: 'Bearer key' })).toEqual(faults)
  for (const headers of [{}, { authorization: 'Bearer wrong' }])
    expect(await faultsOf(['key'], headers)).toEqual(['number of faults: 1. Send an API key to see them'])
})
