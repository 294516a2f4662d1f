import { createAuthority, issue, writeCertificates } from '@tandem/process/testing'
import { afterEach, expect, test } from 'vitest'
import { ToyService } from '../../testing/toy-service.js'
import { ServiceCredentials, type ServiceSecurity } from './credentials.js'
import { LogitServiceConnection } from './logit-service.js'
import { TlsChannelCredentials } from './tls-credentials.js'

const cleanups: (() => unknown)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup()
})

const none: ServiceSecurity = { tls: null, allowsPlaintext: false, serverName: null }

async function create(security: Partial<ServiceSecurity>, ...addresses: string[]): Promise<ServiceCredentials> {
  const named = addresses.map((address) => ({ variable: 'TANDEM_SFT', address }))
  const made = await ServiceCredentials.create({ ...none, ...security }, named, () => undefined)
  cleanups.push(() => made.close())
  return made
}

async function withTls(): Promise<Pick<ServiceSecurity, 'tls'>> {
  const authority = await createAuthority()
  const folder = writeCertificates(authority, await issue(authority))
  cleanups.push(folder.remove)
  return { tls: folder.files }
}

test('services on loopback need neither TLS nor the flag', async () => {
  const credentials = await create({}, '127.0.0.1:7001', '[::1]:7001')
  expect(credentials.of('127.0.0.1:7001')._isSecure()).toBe(false)
})

test.each(['10.0.0.2:7001', '0.0.0.0:7001', '[fd00::1]:7001', 'unknown.invalid:7001'])(
  'a service at %s is refused without TLS and without the flag',
  async (address) => {
    await expect(create({}, '127.0.0.1:7002', address)).rejects.toThrow(
      `TANDEM_SFT names the service at ${address}, which may be on another machine, and there is no TLS: set ` +
        'TANDEM_TLS_CA, TANDEM_TLS_CERT and TANDEM_TLS_KEY, or use a loopback address, or set TANDEM_INSECURE_GRPC=1',
    )
    expect((await create({ allowsPlaintext: true }, address)).of(address)._isSecure()).toBe(false)
  },
)

test('TLS protects all services except those on loopback', async () => {
  const credentials = await create(await withTls(), '127.0.0.1:7001', '10.0.0.2:7001')
  expect(credentials.of('127.0.0.1:7001')._isSecure()).toBe(false)
  expect(credentials.of('10.0.0.2:7001')).toBeInstanceOf(TlsChannelCredentials)
  expect(credentials.of('10.0.0.9:7001', 'sft.svc')).toBeInstanceOf(TlsChannelCredentials)
})

test('an address that a name resolves to later is never connected to without TLS', async () => {
  const credentials = await create({}, '127.0.0.1:7001')
  const service = new ToyService(3)
  cleanups.push(() => service.kill())
  const address = (await service.start()).replace('127.0.0.1', '0.0.0.0')
  const connection = new LogitServiceConnection('sft', address, credentials.of(address, 'sft.svc'))
  cleanups.push(() => connection.close())
  await expect(connection.checkHealth(20_000)).rejects.toThrow('it is on another machine, and there is no TLS: set')
})

test('certificates are read before any connection', async () => {
  const tls = { ca: '/nowhere/ca.crt', cert: '/nowhere/tls.crt', key: '/nowhere/tls.key' }
  await expect(create({ tls }, '10.0.0.2:7001')).rejects.toThrow('TANDEM_TLS_CA names /nowhere/ca.crt, which cannot be')
})
