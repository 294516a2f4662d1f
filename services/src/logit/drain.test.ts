import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Client, credentials, makeClientConstructor } from '@grpc/grpc-js'
import { buildModel } from '@tandem/models'
import { channelOptions, LogitService, type LogitServiceClient, type StepResponse__Output } from '@tandem/proto'
import { service as healthService } from 'grpc-health-check'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { logitMainPath } from '../index.js'
import { spawnProgram, type TestProcess } from '../testing/program.js'
import { fullStep, resultOf, unaryStep } from './testing/service.js'

/** How the built program ends after SIGTERM. */

const fixture = (name: string) => fileURLToPath(new URL(`../../../test/fixtures/tiny/${name}`, import.meta.url))
/** Longer than a test may take: what ends in a test ends for another reason. */
const never = '3600000'

let folder: string
let model: string
let service: TestProcess
const clients: Client[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-drain-'))
  model = join(folder, 'pair')
  const adapter = fixture('llama-tied+lora')
  await buildModel({ source: fixture('llama-tied'), adapter, out: model, precision: 'fp32', switched: true })
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  service.process.kill('SIGKILL')
  await service.exit
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Ready {
  readonly address: string
  readonly baseAddress: string
}

/** Starts a service of a pair, and returns its two addresses. */
async function start(environment: Record<string, string>): Promise<readonly string[]> {
  service = spawnProgram(logitMainPath, {
    TANDEM_MODEL: model,
    TANDEM_ROLE: 'dpo',
    TANDEM_BASE_LISTEN: '127.0.0.1:0',
    TANDEM_THREADS: '1',
    TANDEM_DRAIN_MS: never,
    ...environment,
  })
  const ready = new Promise<Ready>((resolve) => service.process.on('message', (message: Ready) => resolve(message)))
  const { address, baseAddress } = await ready
  return [address, baseAddress]
}

function connect(address: string): LogitServiceClient {
  const client = new LogitService(address, credentials.createInsecure(), channelOptions)
  clients.push(client)
  return client
}

const HealthClient = makeClientConstructor(healthService, 'Health')

/** Returns a function that asks for the health, over one connection. */
function watchHealth(address: string): () => Promise<string> {
  const client = new HealthClient(address, credentials.createInsecure())
  clients.push(client)
  const check = client.check as unknown as Check
  return () =>
    new Promise((resolve, reject) =>
      check.call(client, { service: '' }, (error, answer) => (error ? reject(error) : resolve(answer?.status ?? ''))),
    )
}
type Check = (request: object, callback: (error: Error | null, answer?: { status: string }) => void) => void

/** Opens a stream, and returns a function that runs one step on it. */
function openStream(client: LogitServiceClient, sessionId = 's') {
  const stream = client.stepStream()
  const step = (prefix: readonly number[], ids: readonly number[]): Promise<StepResponse__Output> => {
    const answer = new Promise<StepResponse__Output>((resolve, reject) => {
      stream.once('data', resolve)
      stream.once('error', reject)
    })
    stream.write({ steps: [fullStep(sessionId, prefix, ids)] })
    return answer
  }
  return { stream, step }
}

test('while clients are connected, both models report NOT_SERVING and serve all calls', async () => {
  const addresses = await start({ TANDEM_HANDOVER_MS: never })
  const running = addresses.map((address) => openStream(connect(address), address))
  for (const { step } of running) await step([], [4, 388])
  const health = addresses.map(watchHealth)
  expect(await Promise.all(health.map((check) => check()))).toEqual(['SERVING', 'SERVING'])
  service.process.kill('SIGTERM')
  for (const check of health) await expect.poll(check).toBe('NOT_SERVING')
  for (const { step } of running) expect((await step([4, 388], [365])).results[0]?.position).toBe(3)
  for (const address of addresses)
    expect((await resultOf(connect(address), fullStep(`new ${address}`, [], [4]))).position).toBe(1)
  // The gateway has gone: nothing is left to hand over. A client with open streams closes its
  // connection late.
  const ended = running.map(({ stream }) => once(stream, 'error'))
  for (const { stream } of running) stream.cancel()
  await Promise.all(ended)
  for (const client of clients.splice(0)) client.close()
  expect(await service.exit).toBe(0)
})

test('after the hand-over it refuses new work, answers health checks, and ends with the last stream', async () => {
  const [address = ''] = await start({ TANDEM_HANDOVER_MS: '0' })
  const client = connect(address)
  const { stream, step } = openStream(client)
  await step([], [4, 388])
  const check = watchHealth(address)
  expect(await check()).toBe('SERVING')
  service.process.kill('SIGTERM')
  const error = () => unaryStep(client, { steps: [fullStep('new', [], [4])] }).then(() => '', String)
  await expect.poll(error).toContain('14 UNAVAILABLE: the service is stopping: send the request to another replica')
  expect(await check()).toBe('NOT_SERVING')
  expect((await step([4, 388], [365])).results[0]?.position).toBe(3)
  stream.end()
  expect(await service.exit).toBe(0)
})

test('without a connection it ends at once', async () => {
  await start({ TANDEM_HANDOVER_MS: never })
  service.process.kill('SIGTERM')
  expect(await service.exit).toBe(0)
})

test('at the end of the drain time it ends the streams that are open', async () => {
  const [address = ''] = await start({ TANDEM_HANDOVER_MS: '100', TANDEM_DRAIN_MS: '200' })
  const { stream, step } = openStream(connect(address))
  await step([], [4, 388])
  const ended = new Promise((resolve) => stream.once('error', resolve))
  service.process.kill('SIGTERM')
  expect(await service.exit).toBe(0)
  expect(String(await ended)).toMatch(/UNAVAILABLE|CANCELLED/)
})

test('a second signal ends it at once', async () => {
  const [address = ''] = await start({ TANDEM_HANDOVER_MS: never })
  const check = watchHealth(address)
  expect(await check()).toBe('SERVING')
  service.process.kill('SIGTERM')
  await expect.poll(check).toBe('NOT_SERVING')
  service.process.kill('SIGTERM')
  expect(await service.exit).toBe(1)
})
