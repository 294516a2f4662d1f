import { credentials } from '@grpc/grpc-js'
import {
  channelOptions,
  LogitService,
  type LogitServiceClient,
  type StepRequest,
  type StepResponse__Output,
} from '@tandem/proto'
import { afterEach, expect, test } from 'vitest'
import { endToys, serveToy, step, unary } from './testing/toy-service.js'

const clients: LogitServiceClient[] = []
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await endToys()
})

/** Connects a second client. Channels with equal options would share one connection. */
function connect(address: string): LogitServiceClient {
  const options = { ...channelOptions, 'grpc.use_local_subchannel_pool': 1 }
  const client = new LogitService(address, credentials.createInsecure(), options)
  clients.push(client)
  return client
}

type Ask = (request: StepRequest) => Promise<StepResponse__Output>

/** Returns both ways to send a message over a client's connection. */
function waysOf(client: LogitServiceClient): Readonly<Record<'unary' | 'stream', Ask>> {
  return {
    unary: (request) => unary(client, request),
    stream: (request) =>
      new Promise((resolve, reject) => {
        const call = client.stepStream()
        call.on('data', (response: StepResponse__Output) => {
          resolve(response)
          call.end()
        })
        call.on('error', reject)
        call.write(request)
      }),
  }
}

const messageOf = ({ error, results }: StepResponse__Output) => (error ?? results[0]?.error)?.message
const codeOf = ({ error, results }: StepResponse__Output) => (error ?? results[0]?.error)?.code

const forgeries: readonly (readonly [string, StepRequest])[] = [
  ['continue', { steps: [step('secret', [1, 2], [3])] }],
  ['read again', { steps: [step('secret', [1, 2], [])] }],
  ['fork', { forks: [{ fromSessionId: 'secret', toSessionId: 'copy' }] }],
  ['fork over', { steps: [step('mine', [], [9])], forks: [{ fromSessionId: 'mine', toSessionId: 'secret' }] }],
  ['reorder', { reorder: { sessionIds: ['secret'], parents: [0] } }],
]

test.each(
  forgeries.flatMap(([name, request]) => (['unary', 'stream'] as const).map((way) => [name, way, request] as const)),
)('another connection cannot %s a session (%s)', async (_, way, request) => {
  const { client, server, stats } = await serveToy()
  await unary(client, { steps: [step('secret', [], [1, 2])] })
  const response = await waysOf(connect(server.address))[way](request)
  expect(codeOf(response)).toBe(9)
  expect(messageOf(response)).toMatch(/^session "(secret|mine)" is not held \(closed, evicted or idle too long\)/)
  // The owner goes on.
  const { results } = await unary(client, { steps: [step('secret', [1, 2], [3])] })
  expect(results[0]).toMatchObject({ position: 3, error: null })
  expect(stats.read().sessions).toBe(1)
})

test.each(['unary', 'stream'] as const)('another connection cannot close a session (%s)', async (way) => {
  const { client, server, stats } = await serveToy()
  await unary(client, { steps: [step('secret', [], [1, 2])] })
  await waysOf(connect(server.address))[way]({ closeSessionIds: ['secret'] })
  expect(stats.read().sessions).toBe(1)
  const { results } = await unary(client, { steps: [step('secret', [1, 2], [3])] })
  expect(results[0]).toMatchObject({ position: 3, error: null })
})

test('the end of a stream closes only sessions of its own connection', async () => {
  const { client, server, stats } = await serveToy()
  await unary(client, { steps: [step('shared', [], [1, 2])] })
  // The same name on another connection is another session.
  const { results } = await waysOf(connect(server.address)).stream({ steps: [step('shared', [], [7])] })
  expect(results[0]).toMatchObject({ position: 1, error: null })
  await expect.poll(() => stats.read().sessions).toBe(1)
  const kept = await unary(client, { steps: [step('shared', [1, 2], [3])] })
  expect(kept.results[0]).toMatchObject({ position: 3, error: null })
})

test('a session belongs to its connection, not to the stream or call that opened it', async () => {
  const { client, stats } = await serveToy()
  await unary(client, { steps: [step('own', [], [1, 2])] })
  const { results } = await waysOf(client).stream({ steps: [step('own', [1, 2], [3])] })
  expect(results[0]).toMatchObject({ position: 3, error: null })
  await expect.poll(() => stats.read().sessions).toBe(0)
})

test('a client cannot name the namespace of another connection', async () => {
  const { client, server } = await serveToy()
  await unary(client, { steps: [step('secret', [], [1, 2])] })
  const stranger = connect(server.address)
  for (const id of ['/secret', '../secret', '\0secret', `${'A'.repeat(43)}/secret`]) {
    const response = await unary(stranger, { steps: [step(id, [1, 2], [3])] })
    expect(codeOf(response)).toBe(9)
    expect(messageOf(response)).toContain(`session "${id}" is not held`)
  }
})
