import { expect, test } from 'vitest'
import { hostOf, isLoopbackHost, resolveGrpcListener } from './plaintext-rule.js'

const tls = { ca: 'ca.crt', cert: 'tls.crt', key: 'tls.key' }
const resolve = async (host: string) => {
  if (host === 'here') return ['127.0.0.1', '::1']
  if (host === 'both') return ['127.0.0.1', '10.0.0.2']
  throw new Error('ENOTFOUND')
}
const listen = (address: string, security: Partial<{ tls: typeof tls; allowsPlaintext: boolean }> = {}) =>
  resolveGrpcListener('TANDEM_LISTEN', address, { tls: null, allowsPlaintext: false, ...security }, resolve)

test.each(['127.0.0.1:7001', '[::1]:7001', 'here:0'])('%s never uses TLS', async (address) => {
  expect(await listen(address)).toMatchObject({ isLoopback: true, usesTls: false })
  expect(await listen(address, { tls })).toMatchObject({ isLoopback: true, usesTls: false })
})

test.each(['0.0.0.0:7001', '[::]:7001', '10.0.0.2:7001', 'both:7001'])(
  '%s uses TLS, or is refused without the flag',
  async (address) => {
    expect(await listen(address, { tls })).toMatchObject({ isLoopback: false, usesTls: true })
    expect(await listen(address, { allowsPlaintext: true })).toMatchObject({ usesTls: false })
    expect(await listen(address, { tls, allowsPlaintext: true })).toMatchObject({ usesTls: true })
    await expect(listen(address)).rejects.toThrow(
      `TANDEM_LISTEN is ${address}, which other machines can reach, and there is no TLS: set TANDEM_TLS_CA, ` +
        'TANDEM_TLS_CERT and TANDEM_TLS_KEY, or use a loopback address, or set TANDEM_INSECURE_GRPC=1 if a mesh or a ' +
        'NetworkPolicy protects the connection',
    )
  },
)

test.each([
  ['127.0.0.1', true],
  ['::ffff:127.0.0.1', true],
  ['here', true],
  ['both', false],
  ['10.0.0.2', false],
  ['unknown', false],
])('whether a client at %s stays on this machine: %s', async (host, expected) => {
  expect(await isLoopbackHost(host, resolve)).toBe(expected)
})

test('the host of an address has no brackets', () => {
  expect(['a.b:1', '[::1]:70', '10.0.0.2:7001'].map(hostOf)).toEqual(['a.b', '::1', '10.0.0.2'])
})
