import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A collector of OTLP over HTTP that discards what it receives. */
export interface Collector {
  readonly url: string
  close(): void
}

/** The address of a collector that is down: nothing listens on port 1. */
export const closedUrl = 'http://127.0.0.1:1'

/**
 * Starts a collector in this process. The caller closes it.
 * @param answerAfterMs time from the end of an export to its answer
 */
export async function startCollector(answerAfterMs: number): Promise<Collector> {
  const answer = (response: ServerResponse) =>
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => {
      if (answerAfterMs === 0) answer(response)
      // An answer that is due after the end of the case does not keep the program alive.
      else setTimeout(answer, answerAfterMs, response).unref()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${port}`, close }
}
