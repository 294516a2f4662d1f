import { createServer, type Server } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import {
  acquire,
  addresses,
  createSet,
  openReady,
  otherThan,
  placeOf,
  portOf,
  soon,
  statesOf,
  step,
  toyAt,
  toyOf,
  toys,
  useToys,
} from '../../testing/toy-replica-sets.js'
import { SessionError } from '../contract/session-error.js'

useToys()

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
    await expect.poll(() => lease.lost.aborted, { interval: 10 }).toBe(true)
    expect(lease.lost.reason).toMatchObject({
      code: 'unavailable',
      message: `the DPO service at ${lease.address} is unavailable: it does not respond`,
    })
    expect((await acquire(set)).address).not.toBe(lease.address)
  })
})
