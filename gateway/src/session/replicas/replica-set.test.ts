import { beforeEach, describe, expect, test } from 'vitest'
import {
  acquire,
  addresses,
  createSet,
  openReady,
  placeOf,
  portOf,
  soon,
  statesOf,
  step,
  toyAt,
  toys,
  useToys,
} from '../../testing/toy-replica-sets.js'
import { SessionError } from '../contract/session-error.js'

useToys()

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

test('a wish for another replica now takes no avoided one, and does not wait', async () => {
  const set = await openReady()
  const lease = await acquire(set)
  const other = await acquire(set, { avoid: new Set([lease.address]), othersNow: true })
  expect(other.address).not.toBe(lease.address)
  const none = acquire(set, { avoid: new Set(addresses), othersNow: true })
  await expect(none).rejects.toMatchObject({ code: 'unavailable' })
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

  test('the text files come only from a replica with the version of the first model', async () => {
    const set = await openReady()
    const expected = set.model.version.slice(0, 12)
    for (const [at, address] of addresses.entries()) {
      toyAt(at).kill()
      Object.assign(toyAt(at).model, { version: 'e'.repeat(64) })
      await toyAt(at).start(portOf(address))
    }
    const versions = () => set.describe().map(({ version, state }) => [version, state])
    await expect.poll(versions, { interval: 5 }).toEqual(addresses.map(() => ['e'.repeat(64), 'ready']))
    expect(() => set.anyConnection()).toThrow(
      `the replicas of the DPO model serve version eeeeeeeeeeee: expected ${expected}, which was read first. ` +
        'Start replicas of that version, or restart the gateway',
    )
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
