import { once } from 'node:events'
import { createServer, get, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { drain } from './drain.js'
import { OpenRequests } from './open-requests.js'

/** More than the event loop accepts in one turn. */
const clients = 20

test('clients that connect in the moment in which the last answer leaves are answered', async () => {
  let running: ServerResponse | undefined
  const server = createServer((_request, response) => {
    if (running) response.writeHead(503).end()
    else running = response
  })
  const requests = new OpenRequests(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const send = () =>
    new Promise<number>((resolve, reject) => {
      const sent = get({ host: '127.0.0.1', port, agent: false }, (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      })
      sent.once('error', reject)
    })
  const first = send()
  await expect.poll(() => running).toBeDefined()
  const late = new Promise<number[]>((resolve, reject) => {
    running?.once('close', () => void Promise.all(Array.from({ length: clients }, send)).then(resolve, reject))
  })
  const options = { stage: { current: 'serving' as const }, stopping: new AbortController() }
  const drained = drain({ ...options, server, requests, delayMs: 0, drainMs: 600_000 })
  running?.end()
  expect(await first).toBe(200)
  expect(await late).toEqual(Array.from({ length: clients }, () => 503))
  await drained
  await expect(send()).rejects.toThrow('ECONNREFUSED')
})
