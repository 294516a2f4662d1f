import { once } from 'node:events'
import { createServer } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { isLoopbackAddress, resolveListenHost } from './loopback.js'

describe('isLoopbackAddress', () => {
  it.each([
    '127.0.0.1',
    '127.0.0.0',
    '127.255.255.255',
    '::1',
    '0:0:0:0:0:0:0:1',
    '0000:0000:0000:0000:0000:0000:0000:0001',
    '::ffff:127.0.0.1',
    '::FFFF:7f00:1',
    '0:0:0:0:0:ffff:127.9.9.9',
  ])('accepts %s', (address) => {
    expect(isLoopbackAddress(address)).toBe(true)
  })

  it.each([
    ['every IPv4 address', '0.0.0.0'],
    ['every IPv6 address', '::'],
    ['every IPv4 address, mapped', '::ffff:0.0.0.0'],
    ['a private address', '10.0.0.1'],
    ['a neighbour of the loopback block', '126.255.255.255'],
    ['the other neighbour', '128.0.0.0'],
    ['a private address, mapped', '::ffff:192.168.0.1'],
    ['127.0.0.1 in the deprecated IPv4-compatible form', '::127.0.0.1'],
    ['a link-local address', 'fe80::1'],
    ['an IPv6 address that ends in 1', '2001:db8::1'],
    ['brackets', '[::1]'],
    ['the short form of 127.0.0.1, which is no IP address', '127.1'],
    ['leading zeros, which some resolvers read as octal', '127.0.0.01'],
    ['127.0.0.1 as one number', '2130706433'],
    ['a name', 'localhost'],
    ['a name that begins like an address', '127.example.org'],
    ['nothing', ''],
  ])('refuses %s: %s', (_, address) => {
    expect(isLoopbackAddress(address)).toBe(false)
  })

  test('IPv4: exactly the addresses that begin with 127', () => {
    const octet = fc.nat(255)
    fc.assert(
      fc.property(octet, octet, octet, octet, (...octets) => {
        const address = octets.join('.')
        expect(isLoopbackAddress(address)).toBe(octets[0] === 127)
        expect(isLoopbackAddress(`::ffff:${address}`)).toBe(octets[0] === 127)
      }),
    )
  })
})

describe('resolveListenHost', () => {
  const resolvesTo =
    (...addresses: string[]) =>
    async () =>
      addresses

  it.each([
    ['127.0.0.1', '127.0.0.1', true],
    ['[::1]', '::1', true],
    ['::ffff:127.0.0.1', '::ffff:127.0.0.1', true],
    ['0.0.0.0', '0.0.0.0', false],
    ['::', '::', false],
    ['[::]', '::', false],
  ])('takes the address %s as it is', async (host, address, isLoopback) => {
    const never = async () => Promise.reject(new Error('an address needs no lookup'))
    expect(await resolveListenHost(host, never)).toEqual({ address, isLoopback })
  })

  it('resolves localhost, which is loopback on this machine', async () => {
    expect(await resolveListenHost('localhost')).toMatchObject({ isLoopback: true })
  })

  it('does not trust localhost if it resolves elsewhere', async () => {
    const resolve = resolvesTo('127.0.0.1', '192.168.0.7')
    expect(await resolveListenHost('localhost', resolve)).toEqual({ address: '127.0.0.1', isLoopback: false })
  })

  it.each([
    ['a name of this machine only', ['127.0.1.1'], true],
    ['both loopback addresses', ['127.0.0.1', '::1'], true],
    ['an address of the network', ['10.0.0.5'], false],
    ['the network first, loopback second', ['10.0.0.5', '127.0.0.1'], false],
    ['every address', ['0.0.0.0'], false],
  ])('judges a name by all its addresses: %s', async (_, addresses, isLoopback) => {
    expect(await resolveListenHost('box.example', resolvesTo(...addresses))).toEqual({
      address: addresses[0],
      isLoopback,
    })
  })

  it('refuses a name that does not resolve', async () => {
    await expect(resolveListenHost('does-not-exist.invalid')).rejects.toThrow(
      'the host "does-not-exist.invalid" does not resolve to an address: listen on an address of this machine, e.g. 127.0.0.1',
    )
    await expect(resolveListenHost('empty.example', resolvesTo())).rejects.toThrow(
      'the host "empty.example" resolves to no address: listen on an address of this machine, e.g. 127.0.0.1',
    )
  })

  // An empty host would make a server listen on every address.
  it('refuses an empty host', async () => {
    await expect(resolveListenHost('', resolvesTo())).rejects.toThrow('the host "" resolves to no address')
  })

  it.each(['127.0.0.1', 'localhost', '::ffff:127.0.0.1'])('a server can listen on what %s gives', async (host) => {
    const { address } = await resolveListenHost(host)
    const server = createServer()
    server.listen({ host: address, port: 0 })
    await once(server, 'listening')
    const bound = server.address()
    expect(bound !== null && typeof bound === 'object' && isLoopbackAddress(bound.address)).toBe(true)
    server.close()
  })
})
