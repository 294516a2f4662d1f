import type { Socket } from 'node:net'
import { isIP } from 'node:net'
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls'
import type { TlsIdentity } from '@tandem/process'
import { SecureCredentials } from './secure-credentials.js'
import { describeTlsFault, refusedByServer } from './tls-fault.js'

/** Time limit of a handshake, in milliseconds. */
const handshakeLimitMs = 10_000

/**
 * Credentials of a channel that verifies the server and shows its own certificate. Every handshake
 * uses the current files. What goes wrong becomes an error that says what to do.
 */
export class TlsChannelCredentials extends SecureCredentials {
  /** @param serverName the host name or IP address that the server's certificate must be for */
  constructor(
    private readonly identity: TlsIdentity,
    private readonly serverName: string,
  ) {
    super()
  }

  protected secure(socket: Socket): Promise<TLSSocket> {
    const { serverName } = this
    const secured = connect({
      socket,
      secureContext: this.identity.context,
      // An IP address cannot be asked for (RFC 6066), but it can be verified.
      ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
      checkServerIdentity: (_host, certificate) => checkServerIdentity(serverName, certificate),
      ALPNProtocols: ['h2'],
    })
    return untilAccepted(secured).catch((error: unknown) => {
      secured.destroy()
      throw new Error(describeTlsFault(error, serverName), { cause: error })
    })
  }
}

/**
 * Waits for the first bytes of the server, its HTTP/2 settings. In TLS 1.3 the client's handshake
 * ends before the server has checked the client's certificate, and a server of Node refuses it by
 * closing the connection.
 */
function untilAccepted(secured: TLSSocket): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    let isSecure = false
    const settle = (end: () => void) => {
      clearTimeout(timer)
      secured.off('readable', accept).off('close', refuse).off('error', fail)
      // grpc-js listens once it has the socket.
      secured.on('error', () => undefined)
      end()
    }
    const timer = setTimeout(
      () => settle(() => reject(new Error(`no TLS handshake within ${handshakeLimitMs} ms`))),
      handshakeLimitMs,
    )
    const accept = () => {
      if (secured.readableLength > 0) settle(() => resolve(secured))
    }
    const fail = (error: Error) => settle(() => reject(error))
    const refuse = () => settle(() => reject(new Error(isSecure ? refusedByServer : 'it closed the connection')))
    secured.once('secureConnect', () => {
      isSecure = true
      secured.on('readable', accept)
    })
    secured.on('close', refuse)
    secured.on('error', fail)
  })
}
