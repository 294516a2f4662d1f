import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { ToyService } from '../testing/toy-service.js'
import { LogitServiceConnection } from './service.js'
import type { Readout, Row, SessionSet } from './session.js'

let service: ToyService
let connection: LogitServiceConnection
let set: SessionSet
const best: readonly Readout[] = [{ kind: 'top-k', k: 1 }]

beforeAll(async () => {
  service = new ToyService(3)
  connection = new LogitServiceConnection('dpo', await service.start())
})
afterAll(() => {
  connection.close()
  service.kill()
})
beforeEach(async () => {
  service.messages = []
  set = await connection.openSessions(512, 5_000, new AbortController().signal)
})
afterEach(async () => {
  set.close()
  await expect.poll(() => service.sessions.size).toBe(0)
})

const bestOf = (ids: readonly number[]) => {
  const values = service.logProbabilities(ids)
  return values.indexOf(Math.max(...values))
}
const found = (row: Row | undefined) => row?.scores[0]?.tokenIds[0]
/** Each session goes on with its token, all at once; the best ids that follow. */
async function stepAll(tokenIds: readonly number[]) {
  const rows = await Promise.all(set.sessions.map((session, i) => session.step([tokenIds[i] ?? -1], 'last', best)))
  return rows.map(([row]) => found(row))
}

test('a prefilled session becomes several: its row is there for all, and what they go on with is one message', async () => {
  await set.sessions[0].step([5, 6], 'last', [])
  set.reorder([0, 0, 0])
  const rows = await Promise.all(set.sessions.map((session) => session.readout(best)))
  expect(rows.map(found)).toEqual([bestOf([5, 6]), bestOf([5, 6]), bestOf([5, 6])])
  expect(await stepAll([7, 8, 9])).toEqual([bestOf([5, 6, 7]), bestOf([5, 6, 8]), bestOf([5, 6, 9])])
  expect(service.messages.map(({ forks, steps }) => [forks.length, steps.length])).toEqual([
    [0, 1],
    [2, 3],
    [0, 3],
  ])
})

test('a reorder goes with the steps that follow it; two without a step between are one', async () => {
  await set.sessions[0].step([5], 'last', [])
  set.reorder([0, 0, 0])
  await stepAll([1, 2, 3])
  set.reorder([2, 1])
  set.reorder([0, 0, 1])
  expect(await stepAll([7, 8, 9])).toEqual([bestOf([5, 3, 7]), bestOf([5, 3, 8]), bestOf([5, 2, 9])])
  expect(service.messages.at(-1)?.reorder?.parents).toEqual([2, 2, 1])
  expect(service.messages).toHaveLength(3)
  set.reorder([1])
  expect(await stepAll([4])).toEqual([bestOf([5, 3, 8, 4])])
  expect(service.messages.at(-1)?.closeSessionIds).toHaveLength(2)
  expect(service.sessions.size).toBe(1)
})

test('what is lost on the way is sent again, with the reorder and without', async () => {
  await set.sessions[0].step([5], 'last', [])
  set.reorder([0, 0])
  service.sessions.clear()
  expect(await stepAll([1, 2])).toEqual([bestOf([5, 1]), bestOf([5, 2])])
  const [first] = service.sessions.keys()
  service.sessions.delete(first ?? '')
  set.reorder([1, 0])
  expect(await stepAll([3, 4])).toEqual([bestOf([5, 2, 3]), bestOf([5, 1, 4])])
})

test('forks that find no room at once go without: the steps wait for it', async () => {
  await set.sessions[0].step([5], 'last', [])
  set.reorder([0, 0])
  service.nextDealError = { code: 8, message: 'all sessions are in use' }
  expect(await stepAll([1, 2])).toEqual([bestOf([5, 1]), bestOf([5, 2])])
})

test('many sessions go in messages of sixteen steps', async () => {
  await set.sessions[0].step([5], 'last', [])
  set.reorder(Array.from({ length: 40 }, () => 0))
  const tokenIds = set.sessions.map((_, i) => i)
  expect(await stepAll(tokenIds)).toEqual(tokenIds.map((id) => bestOf([5, id])))
  expect(service.messages.map(({ steps }) => steps.length)).toEqual([1, 16, 16, 8])
})

test("an error of one step is that session's alone", async () => {
  await set.sessions[0].step([5], 'last', [])
  set.reorder([0, 0])
  service.nextError = { code: 8, message: 'because' }
  const [first, second] = await Promise.allSettled(set.sessions.map((session) => session.step([1], 'last', best)))
  expect(first).toMatchObject({ status: 'rejected', reason: { code: 'exhausted' } })
  expect(second?.status).toBe('fulfilled')
})

test('a set has sequences that are there', () => {
  expect(() => set.reorder([])).toThrow('a reorder needs parents')
  expect(() => set.reorder([0, 1])).toThrow('there is no session 1 of 1 to go on from')
})

test('closing the set frees all at once', async () => {
  await set.sessions[0].step([5], 'last', [])
  set.reorder([0, 0, 0])
  await stepAll([1, 2, 3])
  expect(service.sessions.size).toBe(3)
  set.close()
  await expect.poll(() => service.sessions.size).toBe(0)
  await expect(stepAll([1])).rejects.toMatchObject({ code: 'aborted' })
})
