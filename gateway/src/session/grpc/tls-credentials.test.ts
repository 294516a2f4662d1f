import { createServer, type Server, type Socket } from 'node:net'
import { ServerCredentials } from '@grpc/grpc-js'
import { TlsIdentity } from '@tandem/process'
import { type Certificate, createAuthority, issue, writeCertificates } from '@tandem/process/testing'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { ToyService } from '../../testing/toy-service.js'
import { LogitServiceConnection } from './logit-service.js'
import { TlsChannelCredentials } from './tls-credentials.js'

let authority: Certificate
let other: Certificate
let own: Certificate
beforeAll(async () => {
  authority = await createAuthority()
  other = await createAuthority('Other authority')
  own = await issue(authority)
})

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** Starts a service that trusts `trusted`, and demands a certificate. */
async function serve(certificate: Certificate, trusted = authority): Promise<{ service: ToyService; address: string }> {
  const pair = { cert_chain: Buffer.from(certificate.cert), private_key: Buffer.from(certificate.key) }
  const service = new ToyService(3)
  cleanups.push(() => service.kill())
  const credentials = ServerCredentials.createSsl(Buffer.from(trusted.cert), [pair], true)
  return { service, address: await service.start(0, credentials) }
}

function connect(address: string, serverName = '127.0.0.1', certificate = own) {
  const folder = writeCertificates(authority, certificate)
  const identity = new TlsIdentity(folder.files, () => undefined, 5)
  const connection = new LogitServiceConnection('dpo', address, new TlsChannelCredentials(identity, serverName))
  cleanups.push(
    folder.remove,
    () => identity.close(),
    () => connection.close(),
  )
  return { connection, folder }
}

const limitMs = 120_000
/** Returns why a call fails, or null if it does not. */
const fault = (connection: LogitServiceConnection, withinMs = limitMs): Promise<string | null> =>
  connection.checkHealth(withinMs).then(
    () => null,
    (error: Error) => error.message,
  )
const faultOf = (address: string, serverName?: string, certificate?: Certificate) =>
  fault(connect(address, serverName, certificate).connection)

test.each([
  ['the IP address', ['127.0.0.1'], '127.0.0.1'],
  ['the host name', ['other.test', 'sft.test'], 'sft.test'],
  ['a wildcard of the host name', ['*.sft.test'], 'sft-0.sft.test'],
])('connects if the certificate is for %s', async (_, names, serverName) => {
  const { address } = await serve(await issue(authority, { names }))
  const { connection } = connect(address, serverName)
  expect(await fault(connection)).toBeNull()
  expect((await connection.getModel()).modelId).toBe('toy')
})

test('refuses a certificate for another name', async () => {
  const { address } = await serve(await issue(authority, { names: ['dpo.test'] }))
  expect(await faultOf(address, 'sft.test')).toContain(
    'its certificate is for DNS:dpo.test: expected "sft.test". Issue one for that name, or set ' +
      'TANDEM_TLS_SERVER_NAME to the name in it',
  )
})

test('refuses a certificate of another authority', async () => {
  const { address } = await serve(await issue(other, { names: ['127.0.0.1'] }))
  expect(await faultOf(address)).toContain('its certificate is not signed by an authority in TANDEM_TLS_CA: issue it')
})

test('refuses a certificate that has expired', async () => {
  const { address } = await serve(await issue(authority, { names: ['127.0.0.1'], days: -1 }))
  expect(await faultOf(address)).toContain('its certificate, or that of its authority, has expired: renew it')
})

test('refuses a service without TLS', async () => {
  const service = new ToyService(3)
  cleanups.push(() => service.kill())
  expect(await faultOf(await service.start())).toContain('it does not speak TLS: set TANDEM_TLS_CA')
})

test.each([
  ['of another authority', () => issue(other)],
  ['that has expired', () => issue(authority, { days: -1 })],
])("says that a service refuses the gateway's certificate %s", async (_, create) => {
  const { address } = await serve(await issue(authority, { names: ['127.0.0.1'] }))
  expect(await faultOf(address, '127.0.0.1', await create())).toContain(
    "it refuses this gateway's certificate: expected one that has not expired and is signed by an authority in the " +
      "service's TANDEM_TLS_CA",
  )
})

test('uses renewed certificates for the next connection', async () => {
  const { service, address } = await serve(await issue(authority, { names: ['127.0.0.1'] }))
  const { connection, folder } = connect(address)
  expect(await fault(connection)).toBeNull()
  service.kill()
  const port = Number(address.split(':')[1])
  const renewed = await issue(other, { names: ['127.0.0.1'] })
  const pair = { cert_chain: Buffer.from(renewed.cert), private_key: Buffer.from(renewed.key) }
  await service.start(port, ServerCredentials.createSsl(Buffer.from(other.cert), [pair], true))
  await expect.poll(() => fault(connection)).toContain('not signed by an authority in TANDEM_TLS_CA')
  folder.write(other, await issue(other))
  await expect.poll(() => fault(connection)).toBeNull()
})

test('a server that accepts and says nothing does not keep a call beyond its limit', async () => {
  const sockets: Socket[] = []
  const silent: Server = createServer((socket) => sockets.push(socket))
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy()
    silent.close()
  })
  const { port } = silent.address() as { port: number }
  expect(await fault(connect(`127.0.0.1:${port}`).connection, 300)).toContain('it does not respond')
})
