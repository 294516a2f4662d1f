import { expect, test } from 'vitest'
import { limitPlaces, maxReplicas, placesOf, splitAddress } from './addresses.js'

const addressesOf = (address: string, found: readonly string[]) => placesOf(address, found).map((one) => one.address)

test('splits a name, IPv4 and IPv6 from the port', () => {
  expect(splitAddress('sft.ns.svc:7001')).toEqual({ host: 'sft.ns.svc', port: '7001' })
  expect(splitAddress('[::1]:80')).toEqual({ host: '::1', port: '80' })
})

test('a name is one replica for each address, and each keeps the name for certificates', () => {
  expect(placesOf('sft:1', ['10.0.0.1', '10.0.0.2'])).toEqual([
    { address: '10.0.0.1:1', host: 'sft' },
    { address: '10.0.0.2:1', host: 'sft' },
  ])
  expect(addressesOf('sft:1', ['fd00::1'])).toEqual(['[fd00::1]:1'])
})

test('IPv4 and IPv6 addresses of a name belong to the same replicas', () => {
  expect(addressesOf('sft:1', ['fd00::1', '10.0.0.1', 'fd00::2', '10.0.0.2'])).toEqual(['10.0.0.1:1', '10.0.0.2:1'])
})

test('a loopback name and an IP address are one replica', () => {
  expect(addressesOf('localhost:1', ['::1', '127.0.0.1'])).toEqual(['localhost:1'])
  expect(addressesOf('mixed:1', ['127.0.0.1', '10.0.0.1'])).toEqual(['127.0.0.1:1', '10.0.0.1:1'])
  expect(addressesOf('[::1]:1', [])).toEqual(['[::1]:1'])
  expect(addressesOf('10.0.0.1:1', [])).toEqual(['10.0.0.1:1'])
})

test('drops repeated places; if there are too many, those in use stay', () => {
  const places = Array.from({ length: maxReplicas + 5 }, (_, i) => ({ address: `10.0.0.${i}:1`, host: 'sft' }))
  expect(limitPlaces([...places.slice(0, 3), ...places.slice(0, 2)], new Set())).toHaveLength(3)
  const last = places.at(-1)?.address ?? ''
  const kept = limitPlaces(places, new Set([last])).map(({ address }) => address)
  expect(kept).toHaveLength(maxReplicas)
  expect(kept).toContain(last)
})
