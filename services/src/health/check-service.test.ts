import { type Certificate, createAuthority, issue, writeCertificates } from '@tandem/process/testing'
import pino from 'pino'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { type GrpcServer, startGrpcServer } from '../grpc-server.js'
import { resolveListeners } from '../listeners.js'
import { checkService } from './check-service.js'

const limitMs = 60_000
let authority: Certificate
beforeAll(async () => {
  authority = await createAuthority()
})
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/**
 * Starts a server as the environment says, and returns its environment with the port that it got.
 */
async function serve(environment: Record<string, string>): Promise<[Record<string, string>, GrpcServer]> {
  const {
    TANDEM_LISTEN: listen = '127.0.0.1:0',
    TANDEM_TLS_CA: ca,
    TANDEM_TLS_CERT: cert,
    TANDEM_TLS_KEY: key,
  } = environment
  const tls = ca && cert && key ? { ca, cert, key } : null
  const security = { tls, allowsPlaintext: environment.TANDEM_INSECURE_GRPC === '1' }
  const listeners = await resolveListeners({ TANDEM_LISTEN: listen }, security, pino({ level: 'silent' }))
  const server = await startGrpcServer({
    ...listeners.of('TANDEM_LISTEN'),
    serviceNames: [],
    addServices: () => undefined,
    workMethods: new Set(),
    reflection: null,
  })
  cleanups.push(listeners.close, () => server.drain({ handoverMs: 0, drainMs: 0 }))
  return [{ ...environment, TANDEM_LISTEN: server.address }, server]
}

async function certificates(names: string[]): Promise<Record<string, string>> {
  const folder = writeCertificates(authority, await issue(authority, { names }))
  cleanups.push(folder.remove)
  return folder.environment
}

test.each([
  ['loopback', async () => ({})],
  ['all addresses', async () => ({ TANDEM_LISTEN: '0.0.0.0:0', TANDEM_INSECURE_GRPC: '1' })],
  [
    'all addresses, with a certificate for another name',
    async () => ({
      TANDEM_LISTEN: '0.0.0.0:0',
      ...(await certificates(['dpo.models.svc'])),
    }),
  ],
])('succeeds for a service on %s', async (_, environment) => {
  const [own] = await serve(await environment())
  await expect(checkService(own, limitMs)).resolves.toBeUndefined()
})

test('fails if the service drains or is gone', async () => {
  const [own, server] = await serve({})
  const [other] = await serve({})
  const drained = server.drain({ handoverMs: 0, drainMs: 0 })
  await drained
  await expect(checkService(own, limitMs)).rejects.toThrow('UNAVAILABLE')
  await expect(checkService(other, limitMs)).resolves.toBeUndefined()
})

test('fails if the variables do not name a port, or miss TLS', async () => {
  await expect(checkService({ TANDEM_LISTEN: '127.0.0.1:0' }, limitMs)).rejects.toThrow(
    'TANDEM_LISTEN has port 0: set the port to check',
  )
  await expect(checkService({ TANDEM_LISTEN: '0.0.0.0:7001' }, limitMs)).rejects.toThrow('and there is no TLS')
})
