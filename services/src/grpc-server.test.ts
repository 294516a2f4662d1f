import { createRequire } from 'node:module'
import {
  type Client,
  credentials,
  makeClientConstructor,
  ServerCredentials,
  type ServiceDefinition,
  status,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { packageDefinition } from '@tandem/proto'
import { service as healthService } from 'grpc-health-check'
import { afterEach, expect, test } from 'vitest'
import { type GrpcServer, startGrpcServer } from './grpc-server.js'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function start(reflection: boolean): Promise<GrpcServer> {
  const server = await startGrpcServer({
    listen: '127.0.0.1:0',
    credentials: ServerCredentials.createInsecure(),
    serviceNames: ['tandem.v1.LogitService'],
    addServices: () => undefined,
    workMethods: new Set(),
    reflection: reflection ? packageDefinition : null,
  })
  cleanups.push(() => server.drain({ handoverMs: 0, drainMs: 0 }))
  return server
}

test('the health service reports SERVING, and NOT_SERVING once the service drains', async () => {
  const server = await start(false)
  const statuses: unknown[] = []
  const method = methodOf(healthService, 'Watch')
  const call = clientOf(healthService, server).makeServerStreamRequest(
    method.path,
    method.requestSerialize,
    method.responseDeserialize,
    { service: 'tandem.v1.LogitService' },
  )
  call.on('error', () => undefined)
  call.on('data', ({ status }) => statuses.push(status))
  await expect.poll(() => statuses).toEqual(['SERVING'])
  const drained = server.drain({ handoverMs: 0, drainMs: 600_000 })
  await expect.poll(() => statuses).toEqual(['SERVING', 'NOT_SERVING'])
  call.cancel()
  await drained
})

test('reflection names the service if it is enabled, and is UNIMPLEMENTED if not', async () => {
  const services = await Promise.all([true, false].map(async (on) => reflectedServices(await start(on))))
  expect(services[0]).toContain('tandem.v1.LogitService')
  expect(services[1]).toBe('UNIMPLEMENTED')
})

function clientOf(service: ServiceDefinition, server: GrpcServer): Client {
  const client = new (makeClientConstructor(service, 'any'))(server.address, credentials.createInsecure())
  cleanups.push(() => client.close())
  return client
}

function methodOf(service: ServiceDefinition, name: string) {
  const method = service[name]
  if (method === undefined) throw new Error(`no method ${name} among ${Object.keys(service).join(', ')}`)
  return method
}

const reflectionProto = createRequire(import.meta.url)
  .resolve('@grpc/reflection/package.json')
  .replace('package.json', 'build/proto/grpc/reflection/v1/reflection.proto')

function reflectedServices(server: GrpcServer): Promise<unknown> {
  const service = loadSync(reflectionProto)['grpc.reflection.v1.ServerReflection'] as ServiceDefinition
  const method = methodOf(service, 'ServerReflectionInfo')
  const call = clientOf(service, server).makeBidiStreamRequest(
    method.path,
    method.requestSerialize,
    method.responseDeserialize,
  )
  return new Promise((resolve) => {
    call.on('data', ({ listServicesResponse }) => {
      resolve(listServicesResponse.service.map(({ name }: { name: string }) => name))
      call.cancel()
    })
    call.on('error', (error: Error & { code: number }) => resolve(status[error.code]))
    call.write({ listServices: '' })
  })
}
