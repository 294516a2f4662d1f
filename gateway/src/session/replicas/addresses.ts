import { isIP } from 'node:net'
import { hostOf, isLoopbackAddress } from '@tandem/process'

/** Maximum number of replicas of one model. */
export const maxReplicas = 64

/** Where a replica is. */
export interface Place {
  /** host:port to connect to. */
  readonly address: string
  /** The host as it was configured: the name that a certificate holds. */
  readonly host: string
}

/** Splits host:port or [IPv6]:port; the host has no brackets. */
export function splitAddress(address: string): { readonly host: string; readonly port: string } {
  return { host: hostOf(address), port: address.slice(address.lastIndexOf(':') + 1) }
}

/**
 * Returns the replicas behind an address: one for each IP address of its host. A host with only
 * loopback addresses is one replica, which has several addresses on most machines. If a host has
 * IPv4 and IPv6 addresses, only the former count: both belong to the same replicas.
 * @param found IP addresses of the host, in any order
 */
export function placesOf(address: string, found: readonly string[]): readonly Place[] {
  const { host, port } = splitAddress(address)
  if (isIP(host) !== 0 || (found.length > 0 && found.every(isLoopbackAddress))) return [{ address, host }]
  const ipv4 = found.filter((ip) => isIP(ip) === 4)
  const used = ipv4.length > 0 ? ipv4 : found
  return used.map((ip) => ({ address: isIP(ip) === 6 ? `[${ip}]:${port}` : `${ip}:${port}`, host }))
}

/**
 * Merges places, without those that appear twice. If there are too many, those that are in use
 * stay.
 * @param current addresses in use
 */
export function limitPlaces(places: readonly Place[], current: ReadonlySet<string>): readonly Place[] {
  const byAddress = new Map(places.map((place) => [place.address, place]))
  const all = [...byAddress.values()]
  const inUse = all.filter(({ address }) => current.has(address))
  const others = all.filter(({ address }) => !current.has(address))
  return [...inUse, ...others].slice(0, maxReplicas)
}
