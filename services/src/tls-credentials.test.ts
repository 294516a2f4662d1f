import { type ChannelCredentials, credentials } from '@grpc/grpc-js'
import { TlsIdentity } from '@tandem/process'
import { type Certificate, createAuthority, issue, writeCertificates } from '@tandem/process/testing'
import { LogitService } from '@tandem/proto'
import pino from 'pino'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { startGrpcServer } from './grpc-server.js'
import { resolveListeners } from './listeners.js'
import { TlsServerCredentials } from './tls-credentials.js'

let authority: Certificate
let other: Certificate
beforeAll(async () => {
  authority = await createAuthority()
  other = await createAuthority('Other authority')
})

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const handlers = { GetLoad: (_call: unknown, answer: (error: null, load: object) => void) => answer(null, {}) }

async function serve() {
  const folder = writeCertificates(authority, await issue(authority, { names: ['127.0.0.1'] }))
  const identity = new TlsIdentity(folder.files, () => undefined, 5)
  const server = await startGrpcServer({
    listen: '127.0.0.1:0',
    credentials: new TlsServerCredentials(identity),
    serviceNames: [],
    addServices: (grpc) => grpc.addService(LogitService.service, handlers),
    workMethods: new Set(),
    reflection: null,
  })
  cleanups.push(
    folder.remove,
    () => identity.close(),
    () => server.drain({ handoverMs: 0, drainMs: 0 }),
  )
  return { folder, address: server.address }
}

const clientOf = ({ cert, key }: Certificate, ca = authority) =>
  credentials.createSsl(Buffer.from(ca.cert), Buffer.from(key), Buffer.from(cert))

/** Returns the answer, or the name of the error: a new connection each time. */
function ask(address: string, channel: ChannelCredentials): Promise<string> {
  const client = new LogitService(address, channel, { 'grpc.use_local_subchannel_pool': 1 })
  return new Promise((resolve) => {
    client.getLoad({}, { deadline: Date.now() + 120_000 }, (error, load) => {
      client.close()
      resolve(load ? 'answered' : error?.code === 14 ? 'UNAVAILABLE' : String(error))
    })
  })
}

test('answers a client of the same authority, and refuses all others at once', async () => {
  const { address } = await serve()
  expect(await ask(address, clientOf(await issue(authority)))).toBe('answered')
  const refused: readonly (readonly [string, ChannelCredentials])[] = [
    ['no certificate', credentials.createSsl(Buffer.from(authority.cert))],
    ['another authority', clientOf(await issue(other))],
    ['expired', clientOf(await issue(authority, { days: -1 }))],
    ['no TLS', credentials.createInsecure()],
  ]
  for (const [name, channel] of refused) expect([name, await ask(address, channel)]).toEqual([name, 'UNAVAILABLE'])
  expect(await ask(address, clientOf(await issue(authority)))).toBe('answered')
})

test('shows renewed certificates to new connections, and trusts the new authority', async () => {
  const { folder, address } = await serve()
  folder.write(other, await issue(other, { names: ['127.0.0.1'] }))
  const renewed = clientOf(await issue(other), other)
  await expect.poll(() => ask(address, renewed)).toBe('answered')
  expect(await ask(address, clientOf(await issue(authority)))).toBe('UNAVAILABLE')
})

test('a listener on loopback has no TLS, and one that others can reach needs it', async () => {
  const folder = writeCertificates(authority, await issue(authority))
  cleanups.push(folder.remove)
  const log = pino({ level: 'silent' })
  const addresses = { TANDEM_LISTEN: '127.0.0.1:0', TANDEM_BASE_LISTEN: '0.0.0.0:7001' }
  const listeners = await resolveListeners(addresses, { tls: folder.files, allowsPlaintext: false }, log)
  cleanups.push(listeners.close)
  const found = Object.keys(addresses).map((variable) => listeners.of(variable))
  expect(found.map(({ listen, credentials }) => [listen, credentials._isSecure()])).toEqual([
    ['127.0.0.1:0', false],
    ['0.0.0.0:7001', true],
  ])
  await expect(resolveListeners(addresses, { tls: null, allowsPlaintext: false }, log)).rejects.toThrow(
    'TANDEM_BASE_LISTEN is 0.0.0.0:7001, which other machines can reach, and there is no TLS: set TANDEM_TLS_CA',
  )
})
