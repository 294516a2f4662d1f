import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** Time limit of a lookup, in milliseconds. */
const lookupLimitMs = 10_000

/** A host, resolved once: what is checked is what the server then listens on. */
export interface ListenHost {
  /** The first IP address that the host resolves to, without brackets. */
  readonly address: string
  /** Whether only this machine can reach a server on that address. */
  readonly isLoopback: boolean
}

/** Resolves a host name to all its IP addresses. */
export type Resolve = (host: string) => Promise<readonly string[]>

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
  const addresses = isIP(name) === 0 ? await resolve(name) : [name]
  const [address] = addresses
  if (address === undefined)
    throw new Error(`the host "${host}" resolves to no address: listen on an address of this machine, e.g. 127.0.0.1`)
  return { address, isLoopback: addresses.every(isLoopbackAddress) }
}

async function resolveAll(host: string): Promise<string[]> {
  const resolved = lookup(host, { all: true }).catch((cause: unknown) => {
    throw new Error(
      `the host "${host}" does not resolve to an address: listen on an address of this machine, e.g. 127.0.0.1`,
      { cause },
    )
  })
  const found = await Promise.race([resolved, late(host)])
  // IPv4 first: clients that name 127.0.0.1 must reach a server on localhost.
  return found.toSorted((a, b) => a.family - b.family).map(({ address }) => address)
}

async function late(host: string): Promise<never> {
  await delay(lookupLimitMs, undefined, { ref: false })
  throw new Error(`the lookup of the host "${host}" took longer than ${lookupLimitMs} ms: listen on an IP address`)
}
