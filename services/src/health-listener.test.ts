import { credentials } from '@grpc/grpc-js'
import type { RunningServer } from '@tandem/process'
import { LogitService } from '@tandem/proto'
import pino from 'pino'
import { expect, test } from 'vitest'
import { startWithHealth } from './health-listener.js'
import { checkHealth } from './testing/check-health.js'

const names = ['', 'readiness', 'liveness']
/** A promise and what resolves it. Node 20 has no Promise.withResolvers. */
function deferred<T>() {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((set) => {
    resolve = set
  })
  return { promise, resolve }
}

/** A logger that resolves the address of the listener when it is logged. */
function addressLog() {
  const { promise, resolve } = deferred<string>()
  const log = pino({}, { write: (line) => resolve(String(JSON.parse(line).health)) })
  return { log, address: promise }
}

test('the process lives while it loads, serves and drains, and is ready only while it serves', async () => {
  const { log, address } = addressLog()
  const loaded = deferred<RunningServer>()
  const drained = deferred<void>()
  const starting = startWithHealth('127.0.0.1:0', log, () => loaded.promise)
  const at = await address
  const statuses = () => Promise.all(names.map((name) => checkHealth(at, name)))
  expect(await statuses()).toEqual(['NOT_SERVING', 'NOT_SERVING', 'SERVING'])
  loaded.resolve({ address: '127.0.0.1:1', stop: () => drained.promise })
  const server = await starting
  expect(await statuses()).toEqual(['SERVING', 'SERVING', 'SERVING'])
  const stopped = server.stop()
  expect(await statuses()).toEqual(['NOT_SERVING', 'NOT_SERVING', 'SERVING'])
  drained.resolve()
  await stopped
  await expect(checkHealth(at, 'liveness')).rejects.toThrow('UNAVAILABLE')
})

test('serves nothing but health checks', async () => {
  const { log, address } = addressLog()
  const start = async () => ({ address: '127.0.0.1:1', stop: async () => undefined })
  const server = await startWithHealth('127.0.0.1:0', log, start)
  await expect(checkHealth(await address, 'tandem.v1.LogitService')).rejects.toThrow('NOT_FOUND')
  const client = new LogitService(await address, credentials.createInsecure())
  const [error] = await new Promise<unknown[]>((resolve) => client.getModel({}, (...answer) => resolve(answer)))
  client.close()
  expect(String(error)).toContain('UNIMPLEMENTED')
  await server.stop()
})

test('a start that fails closes the listener, and an address in use is named', async () => {
  const { log, address } = addressLog()
  const fail = async () => {
    await expect(startWithHealth(await address, log, fail)).rejects.toThrow(`cannot listen on ${await address}`)
    throw new Error('the model is damaged')
  }
  await expect(startWithHealth('127.0.0.1:0', log, fail)).rejects.toThrow('the model is damaged')
  await expect(checkHealth(await address, 'liveness')).rejects.toThrow('UNAVAILABLE')
})

test('without an address there is no listener', async () => {
  const server = { address: '127.0.0.1:1', stop: async () => undefined }
  expect(await startWithHealth(null, pino({ level: 'silent' }), async () => server)).toBe(server)
})
