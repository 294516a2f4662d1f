import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'
import type { AppEnvironment } from '../routes/dependencies.js'

/** Serves an app over HTTP on a free port. */
export async function serveApp(app: Hono<AppEnvironment>): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false })
  const isOpen = once(server, 'listening')
  server.listen(0, '127.0.0.1')
  await isOpen
  const { port } = server.address() as AddressInfo
  const stop = async () => {
    const isClosed = once(server, 'close')
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
    await isClosed
  }
  return { url: `http://127.0.0.1:${port}`, stop }
}
