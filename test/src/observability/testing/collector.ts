import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a collector does with spans: it takes them, refuses them, or never answers. */
export type CollectorMode = 'accept' | 'refuse' | 'hold'

/** A collector of OTLP over HTTP that forgets what it gets. */
export interface Collector {
  readonly url: string
  /** Changes what it does; exports that are held are refused. */
  become(mode: CollectorMode): void
  close(): void
}

/** Starts a collector on a free port. */
export async function startCollector(): Promise<Collector> {
  let mode: CollectorMode = 'accept'
  const held = new Set<ServerResponse>()
  const answer = (response: ServerResponse) => {
    if (mode === 'hold') held.add(response)
    else response.writeHead(mode === 'accept' ? 200 : 400).end()
  }
  const server = createServer((request, response) => void request.resume().on('end', () => answer(response)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    become: (next) => {
      mode = next
      for (const response of held) response.writeHead(400).end()
      held.clear()
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
