import { isIP } from 'node:net'
import { ServerCredentials } from '@grpc/grpc-js'
import { type GrpcSecurity, resolveGrpcListener, TlsIdentity } from '@tandem/process'
import type { Logger } from 'pino'
import { TlsServerCredentials } from './tls-credentials.js'

/** Where a server listens, and how it protects its connections. */
export interface Listener {
  /** host:port, where the host is an IP address. */
  readonly listen: string
  readonly credentials: ServerCredentials
}

/** The listeners of a process. The caller closes them when it listens no more. */
export interface Listeners {
  /** The listener of a variable. @throws RangeError if no address was given for it */
  of(variable: string): Listener
  close(): void
}

/**
 * Decides how each address is protected, before anything is loaded.
 * @param addresses host:port by the variable that holds it
 * @throws SettingsError if other machines can reach an address, and there is neither TLS nor the
 * flag; Error if a host does not resolve or a PEM file is wrong
 */
export async function resolveListeners(
  addresses: Readonly<Record<string, string>>,
  security: GrpcSecurity,
  log: Logger,
): Promise<Listeners> {
  const resolved = await Promise.all(
    Object.entries(addresses).map(async ([variable, address]) => {
      const host = await resolveGrpcListener(variable, address, security)
      return { ...host, variable, port: address.slice(address.lastIndexOf(':') + 1) }
    }),
  )
  const needsTls = resolved.some(({ usesTls }) => usesTls)
  const identity = needsTls && security.tls ? new TlsIdentity(security.tls, (fault) => log.warn(fault)) : null
  const listenerOf = ({ variable, address, port, usesTls }: (typeof resolved)[number]) => {
    const listen = `${isIP(address) === 6 ? `[${address}]` : address}:${port}`
    const credentials = usesTls && identity ? new TlsServerCredentials(identity) : ServerCredentials.createInsecure()
    return [variable, { listen, credentials }] as const
  }
  const byVariable = new Map<string, Listener>(resolved.map(listenerOf))
  const of = (variable: string): Listener => {
    const found = byVariable.get(variable)
    if (!found)
      throw new RangeError(`${variable} is no address of this process; found ${[...byVariable.keys()].join(', ')}`)
    return found
  }
  return { of, close: () => identity?.close() }
}
