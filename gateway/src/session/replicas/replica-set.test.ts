import { createServer, type Server } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sessionOptions } from '../../testing/session-options.js'
import { ToyReward } from '../../testing/toy-reward.js'
import { ToyService } from '../../testing/toy-service.js'
import { SessionError } from '../contract/session-error.js'
import { LogitServiceConnection } from '../grpc/logit-service.js'
import type { Resolve } from './address-source.js'
import type { Lease, Wish } from './lease.js'
import { type ReplicaOptions, ReplicaSet } from './replica-set.js'

type LogitSet = ReplicaSet<LogitServiceConnection>
type LogitLease = Lease<LogitServiceConnection>

const any: Wish = { version: null, release: null, engineIds: new Set(), prompt: null, avoid: new Set() }
const never = new AbortController().signal
const soon = () => AbortSignal.timeout(20_000)

let toys: ToyService[]
let addresses: string[]
const sets: LogitSet[] = []

beforeEach(async () => {
  toys = [new ToyService(3), new ToyService(3)]
  addresses = await Promise.all(toys.map((toy) => toy.start()))
})
afterEach(() => {
  for (const set of sets.splice(0)) set.close()
  for (const toy of toys) toy.kill()
})

function createSet(changes: Partial<ReplicaOptions<LogitServiceConnection>> = {}): LogitSet {
  const set = new ReplicaSet({
    title: 'DPO',
    addresses,
    connect: ({ address }) => new LogitServiceConnection('dpo', address),
    resolveMs: 20,
    hangMs: 10_000,
    waitMs: 20_000,
    ...changes,
  })
  sets.push(set)
  return set
}

const statesOf = (set: LogitSet) => set.describe().map(({ state }) => state)
const acquire = (set: LogitSet, wish: Partial<Wish> = {}, signal = soon()) => set.acquire({ ...any, ...wish }, signal)
const portOf = (address: string) => Number(address.split(':')[1])
async function openReady(changes?: Partial<ReplicaOptions<LogitServiceConnection>>): Promise<LogitSet> {
  const set = createSet(changes)
  await expect.poll(() => statesOf(set), { interval: 5 }).toEqual(addresses.map(() => 'ready'))
  return set
}
/** The index of a lease's replica. */
const placeOf = (lease: LogitLease) => addresses.indexOf(lease.address)
function toyAt(index: number): ToyService {
  const toy = toys[index]
  if (!toy) throw new RangeError(`there is no toy ${index}`)
  return toy
}
const toyOf = (lease: LogitLease) => toyAt(placeOf(lease))
const otherThan = (lease: LogitLease) => toyAt(1 - placeOf(lease))

async function step(lease: LogitLease): Promise<void> {
  const options = { ...sessionOptions(AbortSignal.any([soon(), lease.lost])), served: lease.model }
  const set = await lease.connection.openSessions(options)
  try {
    await set.sessions[0].step([5, 6], 'last', [{ kind: 'top-k', k: 1 }])
    lease.succeed()
  } finally {
    set.close()
  }
}

test('gives leases on replicas that serve, with their model', async () => {
  const set = createSet()
  expect(await set.firstModel(soon())).toMatchObject({ modelId: 'toy', version: 'a'.repeat(64) })
  const lease = await acquire(set)
  expect(addresses).toContain(lease.address)
  expect(lease.model.version).toBe(set.model.version)
  await step(lease)
  expect(set.describe().map(({ sessions }) => sessions)).toContain(1)
  lease.release()
  lease.release()
  expect(set.describe().map(({ sessions }) => sessions)).toEqual([0, 0])
  expect((await set.anyConnection().getTextFiles()).has('tokenizer.json')).toBe(true)
})

test('new sessions go where the most room is, and own sessions count at once', async () => {
  for (const toy of toys) toy.load.maxSessions = 10
  const set = await openReady()
  const leases = await Promise.all(Array.from({ length: 10 }, () => acquire(set)))
  const counts = [0, 1].map((i) => leases.filter((lease) => placeOf(lease) === i).length)
  expect(counts).toEqual([5, 5])
})

test('a full replica gets no sessions while another one has room', async () => {
  toyAt(0).load.sessions = 64
  const set = await openReady()
  const leases = await Promise.all(Array.from({ length: 20 }, () => acquire(set)))
  expect(new Set(leases.map(placeOf))).toEqual(new Set([1]))
})

test('a session refused for lack of room makes its replica count as full', async () => {
  const set = await openReady()
  const first = await acquire(set)
  first.fail(new SessionError('exhausted', 'full'))
  const leases = await Promise.all(Array.from({ length: 5 }, () => acquire(set)))
  expect(leases.some((lease) => placeOf(lease) === placeOf(first))).toBe(false)
})

test('a prompt goes where its beginning was sent before', async () => {
  const set = await openReady()
  const prompt = { scope: 'key', tokenIds: Array.from({ length: 300 }, (_, i) => i) }
  const first = await acquire(set, { prompt })
  first.release()
  for (let i = 0; i < 10; i++) {
    const lease = await acquire(set, { prompt: { ...prompt, tokenIds: [...prompt.tokenIds, 7] } })
    expect(lease.address).toBe(first.address)
    lease.release()
  }
})

test('engines of the request are preferred', async () => {
  for (const [i, toy] of toys.entries())
    toy.model.device = { host: 'h', kind: 'cpu', units: [i], threads: 1, engineId: `engine${i}` }
  const set = await openReady()
  for (let i = 0; i < 6; i++) expect(placeOf(await acquire(set, { engineIds: new Set(['engine1']) }))).toBe(1)
})

test('replicas that failed for the request are used only if there is no other', async () => {
  const set = await openReady()
  for (let i = 0; i < 6; i++) expect(placeOf(await acquire(set, { avoid: new Set([addresses[0] ?? '']) }))).toBe(1)
  await expect(acquire(set, { avoid: new Set(addresses) })).resolves.toBeDefined()
})

describe('versions and releases', () => {
  beforeEach(() => {
    toyAt(0).model.release = 'old'
    Object.assign(toyAt(1).model, { version: 'f'.repeat(64), release: 'new' })
  })

  test('a request gets the version and the release that it uses', async () => {
    const set = await openReady()
    for (let i = 0; i < 5; i++) {
      expect(placeOf(await acquire(set, { version: 'f'.repeat(64) }))).toBe(1)
      expect(placeOf(await acquire(set, { release: 'old' }))).toBe(0)
    }
    expect(set.describe().map(({ release }) => release)).toEqual(['old', 'new'])
  })

  test('what no replica serves any more is an error at once', async () => {
    const set = await openReady()
    const wish = { version: 'f'.repeat(64), release: 'old' }
    await expect(acquire(set, wish)).rejects.toMatchObject({
      code: 'changed',
      message: expect.stringContaining(
        'no replica of the DPO model serves version ffffffffffff of release old any more',
      ),
    })
  })

  test('a replica that restarts is waited for, and its version decides', async () => {
    const set = await openReady()
    const first = toyAt(0)
    const [address = ''] = addresses
    const wish = { version: 'a'.repeat(64) }
    first.kill()
    await expect.poll(() => statesOf(set)[0], { interval: 5 }).toBe('connecting')
    const back = acquire(set, wish)
    await first.start(portOf(address))
    expect(placeOf(await back)).toBe(0)
    first.kill()
    await expect.poll(() => statesOf(set)[0], { interval: 5 }).toBe('connecting')
    const gone = acquire(set, wish)
    Object.assign(first.model, { version: 'e'.repeat(64) })
    await first.start(portOf(address))
    await expect(gone).rejects.toMatchObject({ code: 'changed' })
  })
})

describe('a model that does not fit', () => {
  test('is refused by name, and fits again after a restart', async () => {
    const set = await openReady()
    const second = toyAt(1)
    second.kill()
    await expect.poll(() => statesOf(set)[1], { interval: 5 }).toBe('connecting')
    Object.assign(second.model, { vocabularySize: 500 })
    await second.start(portOf(addresses[1] ?? ''))
    await expect.poll(() => statesOf(set)[1], { interval: 5 }).toBe('refused')
    expect(set.describe()[1]?.fault).toBe(
      `the DPO service at ${addresses[1]} now serves toy, which does not fit the others ` +
        '(vocabulary size: 500, expected 512). Serve models that fit, or restart the gateway to use the new model',
    )
    expect(set.fault).toBeNull()
    expect(placeOf(await acquire(set))).toBe(0)
    second.kill()
    Object.assign(second.model, { vocabularySize: 512 })
    await expect.poll(() => statesOf(set)[1], { interval: 5 }).toBe('connecting')
    await second.start(portOf(addresses[1] ?? ''))
    await expect.poll(() => statesOf(set)[1], { interval: 5 }).toBe('ready')
  })

  test('is an error at once if no other replica may come', async () => {
    const [address = ''] = addresses
    const set = createSet({ addresses: [address] })
    await set.firstModel(soon())
    toyAt(0).kill()
    await expect.poll(() => statesOf(set), { interval: 5 }).toEqual(['connecting'])
    Object.assign(toyAt(0).model, { tokenizerFingerprint: 'other' })
    await toyAt(0).start(portOf(address))
    await expect(acquire(set)).rejects.toMatchObject({
      code: 'changed',
      message: expect.stringContaining('restart the gateway to use the new model'),
    })
  })
})

describe('a replica that is lost', () => {
  test('gets no sessions until it is back, and the others go on', async () => {
    const set = await openReady()
    const lease = await acquire(set)
    await step(lease)
    toyOf(lease).kill()
    lease.fail(new SessionError('unavailable', 'gone'))
    const next = await acquire(set, { avoid: new Set([lease.address]) })
    expect(next.address).not.toBe(lease.address)
    await toyOf(lease).start(portOf(lease.address))
    await expect.poll(() => statesOf(set), { interval: 5 }).toEqual(['ready', 'ready'])
  })

  test('ends leases whose calls have no answer yet: another process could get them', async () => {
    const set = await openReady()
    const [fresh, used] = [await acquire(set), await acquire(set)]
    used.succeed()
    for (const toy of toys) toy.kill()
    await expect.poll(() => fresh.lost.aborted, { interval: 5 }).toBe(true)
    expect(fresh.lost.reason).toMatchObject({ code: 'unavailable' })
    expect(used.lost.aborted).toBe(false)
  })

  test('if none is ready, requests wait; the error names the fault of each replica', async () => {
    const set = await openReady({ waitMs: 200 })
    for (const toy of toys) toy.kill()
    await expect.poll(() => statesOf(set), { interval: 5 }).toEqual(['connecting', 'connecting'])
    await expect.poll(() => set.fault ?? '', { interval: 5 }).toMatch(/ECONNREFUSED.*ECONNREFUSED/)
    const error: unknown = await acquire(set).catch((cause: unknown) => cause)
    expect(error).toMatchObject({ code: 'unavailable' })
    for (const address of addresses)
      expect(String(error)).toContain(`the DPO service at ${address} is unavailable: connect ECONNREFUSED ${address}`)
    await expect(acquire(set, {}, AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' })
    await expect(acquire(set, {}, AbortSignal.timeout(5))).rejects.toMatchObject({ code: 'deadline' })
  })

  test('after a restart a burst of waiting requests reaches it a few at a time', async () => {
    const [address = ''] = addresses
    const set = createSet({ addresses: [address] })
    await set.firstModel(soon())
    toyAt(0).kill()
    await expect.poll(() => statesOf(set), { interval: 5 }).toEqual(['connecting'])
    let unanswered = 0
    let most = 0
    const request = async () => {
      const lease = await acquire(set)
      most = Math.max(most, ++unanswered)
      await new Promise((resolve) => setTimeout(resolve, 5))
      unanswered--
      lease.succeed()
      return lease
    }
    const requests = Array.from({ length: 24 }, request)
    await toyAt(0).start(portOf(address))
    const leases = await Promise.all(requests)
    expect(leases).toHaveLength(24)
    expect(most).toBeLessThan(24)
  })
})

describe('a replica that drains', () => {
  test('gets no new sessions, and running ones should move if another one is ready', async () => {
    const set = await openReady()
    const lease = await acquire(set)
    await step(lease)
    expect(lease.shouldMove).toBe(false)
    toyOf(lease).isServing = false
    await expect.poll(() => statesOf(set)[placeOf(lease)], { interval: 5 }).toBe('draining')
    expect(lease.shouldMove).toBe(true)
    for (let i = 0; i < 5; i++) expect((await acquire(set)).address).not.toBe(lease.address)
    otherThan(lease).isServing = false
    await expect.poll(() => statesOf(set), { interval: 5 }).toEqual(['draining', 'draining'])
    expect([lease.shouldMove, lease.lost.aborted]).toEqual([false, false])
    expect(set.fault).toMatch(/is not serving; .*is not serving$/)
  })

  test('sessions stay if the other replica has another version', async () => {
    Object.assign(toyAt(1).model, { version: 'f'.repeat(64) })
    const set = await openReady()
    const lease = await acquire(set, { version: 'a'.repeat(64) })
    toyOf(lease).isServing = false
    await expect.poll(() => statesOf(set)[0], { interval: 5 }).toBe('draining')
    expect(lease.shouldMove).toBe(false)
  })
})

test('a replica that answers probes, but whose sessions fail, is ejected', async () => {
  const set = await openReady()
  const first = await acquire(set)
  for (let i = 0; i < 3; i++) first.fail(new SessionError('internal', 'the engine failed'))
  expect(statesOf(set)[placeOf(first)]).toBe('ejected')
  expect(set.describe()[placeOf(first)]?.fault).toContain('the last time with: the engine failed')
  for (let i = 0; i < 5; i++) expect((await acquire(set)).address).not.toBe(first.address)
})

test('calls that fail although probes pass eject a replica too', async () => {
  const set = await openReady()
  const lease = await acquire(set)
  const fail = () => lease.fail(new SessionError('unavailable', 'reset by a proxy'))
  for (let i = 0; i < 3; i++) fail()
  await expect.poll(() => statesOf(set)[placeOf(lease)], { interval: 5 }).toBe('ejected')
})

test('the only replica is tried again, by one session at first', async () => {
  const [address = ''] = addresses
  const set = createSet({ addresses: [address] })
  const first = await acquire(set)
  for (let i = 0; i < 3; i++) first.fail(new SessionError('internal', 'the engine failed'))
  const waiting = [acquire(set), acquire(set), acquire(set)]
  let count = 0
  for (const one of waiting) void one.then(() => count++)
  const trial = await Promise.race(waiting)
  expect(count).toBe(1)
  trial.succeed()
  await Promise.all(waiting)
})

describe('a replica that hangs', () => {
  let silent: Server | undefined
  afterEach(() => silent?.close())

  test('loses its sessions after the hang time', async () => {
    const set = await openReady({ hangMs: 300 })
    const lease = await acquire(set)
    lease.succeed()
    toyOf(lease).kill()
    silent = createServer().listen(portOf(lease.address), '127.0.0.1')
    await expect.poll(() => lease.lost.aborted, { interval: 10, timeout: 20_000 }).toBe(true)
    expect(lease.lost.reason).toMatchObject({
      code: 'unavailable',
      message: `the DPO service at ${lease.address} is unavailable: it does not respond`,
    })
    expect((await acquire(set)).address).not.toBe(lease.address)
  })
})

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
      hangMs: 10_000,
      waitMs: 20_000,
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
    await expect(set.firstModel(AbortSignal.timeout(500))).rejects.toMatchObject({
      code: 'unavailable',
      message: 'the DPO service at 127.0.0.1:1 is unavailable: connect ECONNREFUSED 127.0.0.1:1',
    })
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
