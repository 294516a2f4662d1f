import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { assertKeysFor, assertPortIsFree } from './listen.js'

describe('assertKeysFor', () => {
  const loopback = ['127.0.0.1', '127.1.2.3', 'localhost', '::1', '[::1]', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1']
  it.each(loopback)('%s is loopback and needs no keys', async (host) => {
    await expect(assertKeysFor(host, { api_keys: [] })).resolves.toBeUndefined()
  })

  it.each(['0.0.0.0', '::', '[::]', '10.0.0.1', '::ffff:10.0.0.1'])('%s needs keys', async (host) => {
    await expect(assertKeysFor(host, { api_keys: [] })).rejects.toThrow(
      `--host ${host} can be reached from other machines, and no API key is set. Set TANDEM_API_KEYS=key1,key2 or give --api-key KEY`,
    )
    await expect(assertKeysFor(host, { api_keys: ['key'] })).resolves.toBeUndefined()
    await expect(assertKeysFor(host, { api_keys: [], api_keys_file: 'keys' })).resolves.toBeUndefined()
  })
})

describe('assertPortIsFree', () => {
  it('says what to do about a port in use, and accepts a free one', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' && address ? address.port : 0
    await expect(assertPortIsFree('127.0.0.1', port)).rejects.toThrow(
      `port ${port} of 127.0.0.1 is in use by another program. Stop that program, or choose another port with --port N (0: any free port)`,
    )
    other.close()
    await once(other, 'close')
    await expect(assertPortIsFree('127.0.0.1', port)).resolves.toBeUndefined()
  })

  it('accepts an IPv6 address in brackets', async () => {
    await expect(assertPortIsFree('[::1]', 0)).resolves.toBeUndefined()
  })

  it('reports an address of another machine', async () => {
    await expect(assertPortIsFree('203.0.113.7', 0)).rejects.toThrow(
      '--host 203.0.113.7 is not an address of this machine',
    )
  })
})
