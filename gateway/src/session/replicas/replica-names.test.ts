import type { Resolve } from '@tandem/process'
import { describe, expect, test } from 'vitest'
import {
  acquire,
  addresses,
  createSet,
  never,
  portOf,
  sets,
  soon,
  statesOf,
  step,
  toyAt,
  useToys,
} from '../../testing/toy-replica-sets.js'
import { ToyReward } from '../../testing/toy-reward.js'
import { LogitServiceConnection } from '../grpc/logit-service.js'
import { ReplicaSet } from './replica-set.js'

useToys()

describe('names', () => {
  const hosts =
    (found: () => readonly string[]): Resolve =>
    async () =>
      found()

  test('replicas come and go with the addresses of a name; running sessions go on', async () => {
    const port = portOf(addresses[0] ?? '')
    // The same process behind two addresses.
    let found = ['127.0.0.1', '192.0.2.1']
    const connect = ({ address }: { address: string }) =>
      new LogitServiceConnection('dpo', address.replace('192.0.2.1', '127.0.0.1').replace('192.0.2.2', '127.0.0.1'))
    const named = new ReplicaSet<LogitServiceConnection>({
      title: 'DPO',
      addresses: [`sft:${port}`],
      connect: (place) => Object.assign(connect(place), { address: place.address }),
      resolveMs: 20,
      hangMs: 60_000,
      waitMs: 120_000,
      resolve: hosts(() => found),
    })
    sets.push(named)
    const known = () => named.describe().map(({ address }) => address.split(':')[0])
    await expect.poll(() => statesOf(named), { interval: 5 }).toEqual(['ready', 'ready'])
    const lease = await acquire(named, { avoid: new Set([`127.0.0.1:${port}`]) })
    expect(lease.address).toBe(`192.0.2.1:${port}`)
    found = ['127.0.0.1', '192.0.2.2']
    await expect.poll(known, { interval: 5 }).toContain('192.0.2.2')
    expect(known()).toEqual(['127.0.0.1', '192.0.2.1', '192.0.2.2'])
    for (let i = 0; i < 6; i++) expect((await acquire(named)).address).not.toBe(lease.address)
    await step(lease)
    expect([lease.shouldMove, lease.lost.aborted]).toEqual([false, false])
    lease.release()
    expect(known()).toEqual(['127.0.0.1', '192.0.2.2'])
  })

  test('a name that does not resolve is named in the error', async () => {
    const resolve = async () => {
      throw new Error('getaddrinfo ENOTFOUND sft')
    }
    const set = createSet({ addresses: ['sft:7001'], resolve, waitMs: 100 })
    await expect(acquire(set)).rejects.toMatchObject({
      code: 'unavailable',
      message: 'the host sft cannot be resolved: getaddrinfo ENOTFOUND sft',
    })
  })
})

describe('the first model', () => {
  test('is an error at once if the services are of another kind', async () => {
    const reward = new ToyReward()
    const address = await reward.start()
    const set = createSet({ addresses: [address] })
    await expect(set.firstModel(soon())).rejects.toMatchObject({
      code: 'refused',
      message: `the DPO service at ${address} is not a logit service: expected a service that answers logit calls`,
    })
    reward.kill()
  })

  test('is waited for until the signal aborts, and the error has the reason', async () => {
    const set = createSet({ addresses: ['127.0.0.1:1'] })
    const patience = new AbortController()
    const message = 'the DPO service at 127.0.0.1:1 is unavailable: connect ECONNREFUSED 127.0.0.1:1'
    const waiting = expect(set.firstModel(patience.signal)).rejects.toMatchObject({ code: 'unavailable', message })
    await expect.poll(() => set.fault, { interval: 5 }).toBe(message)
    patience.abort()
    await waiting
    expect(() => set.model).toThrow('no model is read yet')
  })
})

test('logs each change of a state once, and the end of the set ends waits', async () => {
  const lines: string[] = []
  const write = (_fields: object, message: string) => void lines.push(message)
  const [address = ''] = addresses
  const set = createSet({ addresses: [address], log: { info: write, warn: write } })
  await set.firstModel(soon())
  const lease = await acquire(set)
  lease.release()
  toyAt(0).kill()
  await expect.poll(() => lines.length, { interval: 5 }).toBe(3)
  expect(lines).toEqual(['connecting', 'ready', 'connecting'].map((state) => `a replica of the DPO model is ${state}`))
  const waiting = acquire(set, {}, never)
  set.close()
  await expect(waiting).rejects.toThrow('the gateway is stopping')
})
