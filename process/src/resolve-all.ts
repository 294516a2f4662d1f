import { lookup } from 'node:dns/promises'
import { setTimeout as delay } from 'node:timers/promises'

/** Time limit of a lookup, in milliseconds. */
const lookupLimitMs = 10_000

/** Resolves a host name to all its IP addresses. */
export type Resolve = (host: string) => Promise<readonly string[]>

/**
 * Resolves a host name with the resolver of the system.
 * @returns its addresses, IPv4 first: clients that name 127.0.0.1 must reach a server on localhost
 * @throws Error if the name does not resolve, or not within 10 seconds
 */
export const resolveAll: Resolve = async (host) => {
  const limit = new AbortController()
  try {
    const found = await Promise.race([lookup(host, { all: true }), late(limit.signal)])
    return found.toSorted((a, b) => a.family - b.family).map(({ address }) => address)
  } finally {
    limit.abort()
  }
}

async function late(signal: AbortSignal): Promise<never> {
  // The wait ends with an error too if the lookup was faster; nobody waits for it then.
  await delay(lookupLimitMs, undefined, { ref: false, signal })
  throw new Error(`the lookup took longer than ${lookupLimitMs} ms`)
}
