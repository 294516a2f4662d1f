import { isIP } from 'node:net'
import { SettingsError } from './environment.js'
import type { GrpcSecurity } from './grpc-security.js'
import { isLoopbackAddress, type ListenHost, resolveListenHost } from './loopback.js'
import type { Resolve } from './resolve-all.js'

/** Returns the host of `host:port` or `[IPv6]:port`, without brackets. */
export const hostOf = (address: string): string =>
  address.slice(0, address.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1')

/**
 * Decides whether a gRPC server uses TLS: never on loopback, always elsewhere, unless plaintext is
 * explicitly allowed.
 * @param variable holds the address, for the error
 * @param address host:port
 * @returns the host to listen on, resolved once
 * @throws SettingsError if other machines can reach the server, and there is neither TLS nor the
 * flag
 */
export async function resolveGrpcListener(
  variable: string,
  address: string,
  { tls, allowsPlaintext }: GrpcSecurity,
  resolve?: Resolve,
): Promise<ListenHost & { readonly usesTls: boolean }> {
  const host = await resolveListenHost(hostOf(address), resolve)
  if (!host.isLoopback && tls === null && !allowsPlaintext)
    throw new SettingsError([
      { variable, message: `is ${address}, which other machines can reach, and there is no TLS: ${plaintextAdvice}` },
    ])
  return { ...host, usesTls: !host.isLoopback && tls !== null }
}

/** What to do if gRPC would leave the machine without TLS. */
export const plaintextAdvice =
  'set TANDEM_TLS_CA, TANDEM_TLS_CERT and TANDEM_TLS_KEY, or use a loopback address, or set TANDEM_INSECURE_GRPC=1 ' +
  'if a mesh or a NetworkPolicy protects the connection'

/**
 * Whether only this machine can answer at a host that a client connects to. A name that does not
 * resolve may belong to any machine.
 */
export async function isLoopbackHost(host: string, resolve?: Resolve): Promise<boolean> {
  if (isIP(host) !== 0) return isLoopbackAddress(host)
  try {
    return (await resolveListenHost(host, resolve)).isLoopback
  } catch {
    return false
  }
}
