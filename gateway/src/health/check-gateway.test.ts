import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { checkGateway } from './check-gateway.js'

const limitMs = 60_000
const server = createServer((request, response) => {
  response.statusCode = request.url === '/livez' ? status : 404
  response.end()
})
let status: number
afterEach(() => server.close())

/** Serves `/livez` with a status. */
async function serve(answer: number, host: string): Promise<string> {
  status = answer
  server.listen(0, host)
  await once(server, 'listening')
  return String((server.address() as AddressInfo).port)
}

test.each(['127.0.0.1', '0.0.0.0', '::1'])('succeeds for a gateway that answers on %s', async (host) => {
  const port = await serve(200, host)
  await expect(checkGateway({ TANDEM_HOST: host, TANDEM_PORT: port }, limitMs)).resolves.toBeUndefined()
})

test('fails with the status, or the reason why there is none', async () => {
  const port = await serve(500, '127.0.0.1')
  const url = `http://127.0.0.1:${port}/livez`
  await expect(checkGateway({ TANDEM_PORT: port }, limitMs)).rejects.toThrow(`${url} answered 500: expected 200`)
  server.closeAllConnections()
  server.close()
  await expect(checkGateway({ TANDEM_PORT: port }, limitMs)).rejects.toThrow(`${url} does not answer`)
})
