import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type ConnectionOptions, connect, createServer, type TlsOptions } from 'node:tls'

/**
 * Connects a client to a server that requires a certificate.
 * @returns "accepted", or why one of them refuses the other
 */
export async function shakeHands(server: TlsOptions, client: ConnectionOptions): Promise<string> {
  const listener = createServer({ ...server, requestCert: true, rejectUnauthorized: true }, (socket) =>
    // A client of TLS 1.3 knows only by the first bytes that the server accepts its certificate.
    socket.on('error', () => undefined).end('accepted'),
  )
  listener.on('tlsClientError', () => undefined)
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  const socket = connect({ ...client, host: '127.0.0.1', port })
  try {
    const [bytes] = await once(socket, 'data', { signal: AbortSignal.timeout(60_000) })
    return String(bytes)
  } catch (error) {
    return String(error)
  } finally {
    socket.destroy()
    listener.close()
  }
}
