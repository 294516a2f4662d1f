import { BlockList, isIP } from 'node:net'
import { messageOf } from './message-of.js'
import { type Resolve, resolveAll } from './resolve-all.js'

/** A host, resolved once: what is checked is what the server then listens on. */
export interface ListenHost {
  /** The first IP address that the host resolves to, without brackets. */
  readonly address: string
  /** Whether only this machine can reach a server on that address. */
  readonly isLoopback: boolean
}

const loopbackAddresses = new BlockList()
loopbackAddresses.addSubnet('127.0.0.0', 8, 'ipv4')
loopbackAddresses.addAddress('::1', 'ipv6')

/**
 * Whether an IP address is a loopback address: 127.0.0.0/8 (RFC 1122, also IPv4-mapped) or ::1 (RFC
 * 4291), in any spelling. 0.0.0.0 and :: mean every address of the machine, so they are not.
 * @param address an IP address without brackets; anything else is not a loopback address
 */
export function isLoopbackAddress(address: string): boolean {
  const family = isIP(address)
  return family !== 0 && loopbackAddresses.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/**
 * Resolves the host that a server is asked to listen on.
 * A name counts as loopback only if every address that it resolves to does, `localhost` included: a
 * hosts file or a resolver can send any name elsewhere. The server must listen on `address`, not on
 * the name, so that no second lookup decides otherwise.
 * @param host an IP address, with or without brackets, or a name
 * @throws Error if the name does not resolve
 */
export async function resolveListenHost(host: string, resolve: Resolve = resolveAll): Promise<ListenHost> {
  const name = host.replace(/^\[(.*)\]$/, '$1')
  const addresses = isIP(name) === 0 ? await resolve(name).catch((cause: unknown) => refuseName(host, cause)) : [name]
  const [address] = addresses
  if (address === undefined)
    throw new Error(`the host "${host}" resolves to no address: listen on an address of this machine, e.g. 127.0.0.1`)
  return { address, isLoopback: addresses.every(isLoopbackAddress) }
}

function refuseName(host: string, cause: unknown): never {
  const reason = messageOf(cause)
  throw new Error(
    `the host "${host}" does not resolve to an address: listen on an address of this machine, e.g. 127.0.0.1 (${reason})`,
    { cause },
  )
}
