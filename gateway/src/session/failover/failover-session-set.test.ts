import type { StepResult } from '@tandem/proto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ToyReplica, ToyReplicas } from '../../testing/toy-replicas.js'
import { ToyService } from '../../testing/toy-service.js'
import type { Readout, Row, Session } from '../contract/session.js'
import { LogitServiceConnection } from '../grpc/logit-service.js'
import type { Failover } from './failover.js'
import { type RequestOptions, RequestSessions } from './request-sessions.js'

const best: readonly Readout[] = [{ kind: 'top-k', k: 1 }]
const create = () => new ToyReplica(new ToyService(3), (address) => new LogitServiceConnection('dpo', address))
let first: ReturnType<typeof create>
let second: ReturnType<typeof create>
beforeEach(async () => {
  first = create()
  second = create()
  await Promise.all([first.start(), second.start()])
})
afterEach(() => {
  first.stop()
  second.stop()
})

const never = new AbortController().signal
function requestOver(replicas: ToyReplicas<LogitServiceConnection>, changes: Partial<RequestOptions> = {}) {
  return new RequestSessions({
    models: new Map([['dpo', replicas]]),
    release: null,
    vocabularyLimit: 512,
    stepTimeoutMs: 120_000,
    prefixScope: 'scope',
    maxReplays: 8,
    ...changes,
  })
}
const prompt = { tokenIds: [5, 6] }
const both = (waitLimitMs?: number) => new ToyReplicas([first, second], waitLimitMs)
const expectBest = ([row]: Row[], ids: readonly number[]) => {
  const values = second.service.logProbabilities(ids)
  expect(row?.scores[0]?.tokenIds[0]).toBe(values.indexOf(Math.max(...values)))
}
const summaryOf = (session: Session) => session.consumeCalls().map(({ tokens, isReplay }) => [tokens, isReplay])

test('continues on another replica, which gets all tokens in one step', async () => {
  const replicas = both()
  const set = await requestOver(replicas).open('dpo', prompt, never)
  const [session] = set.sessions
  expectBest(await session.step([5, 6], 'last', best), [5, 6])
  first.service.kill()
  expectBest(await session.step([7], 'last', best), [5, 6, 7])
  expect(second.service.steps.map(({ position, tokenIds }) => [position, tokenIds])).toEqual([[0, [5, 6, 7]]])
  // The prompt, the pause, the replay.
  expect(summaryOf(session)).toEqual([
    [2, false],
    [0, false],
    [3, true],
  ])
  expect(first.failures).toEqual(['unavailable'])
  const address = first.connection.address
  expect(replicas.wishes.map(({ version, avoid, prompt }) => [version?.[0], [...avoid], prompt])).toEqual([
    [undefined, [], { scope: 'scope', tokenIds: [5, 6] }],
    ['a', [address], { scope: 'scope', tokenIds: [5, 6] }],
  ])
  set.close()
})

test('sends the tokens that all sequences start with once, and forks them', async () => {
  const prompt = Array.from({ length: 20 }, (_, i) => i + 1)
  const set = await requestOver(both()).open('dpo', { tokenIds: prompt }, never)
  await set.sessions[0].step(prompt, 'last', [])
  set.reorder([0, 0, 0])
  await Promise.all(set.sessions.map((session, i) => session.step([i], 'last', best)))
  first.service.kill()
  const steps = set.sessions.map((session, i) => session.step([i + 4], 'last', best))
  for (const [i, rows] of (await Promise.all(steps)).entries()) expectBest(rows, [...prompt, i, i + 4])
  expect(
    second.service.messages.map(({ forks, steps }) => [forks.length, ...steps.map((step) => step.tokenIds)]),
  ).toEqual([
    [0, prompt],
    [2, [0, 4], [1, 5], [2, 6]],
  ])
  set.close()
})

test('continues on the same replica if there is no other', async () => {
  const set = await requestOver(new ToyReplicas([first])).open('dpo', prompt, never)
  await set.sessions[0].step([5, 6], 'last', [])
  await first.restart()
  expectBest(await set.sessions[0].readout(best).then((row) => [row]), [5, 6])
  set.close()
})

test('leaves a replica that shuts down between two steps, without an error and without using the budget', async () => {
  const set = await requestOver(both(), { maxReplays: 0 }).open('dpo', prompt, never)
  await set.sessions[0].step([5], 'last', [])
  set.reorder([0, 0])
  first.shouldMove = true
  const steps = set.sessions.map((session, i) => session.step([i], 'last', best))
  for (const [i, rows] of (await Promise.all(steps)).entries()) expectBest(rows, [5, i])
  expect(second.service.messages.map(({ steps }) => steps.length)).toEqual([2])
  await expect.poll(() => first.service.sessions.size).toBe(0)
  expect([first.leases, second.leases, first.failures]).toEqual([0, 1, []])
  set.close()
})

test('stays on a replica that shuts down if no other one takes the sessions', async () => {
  const replicas = both(50)
  const set = await requestOver(replicas).open('dpo', prompt, never)
  await set.sessions[0].step([5], 'last', [])
  first.shouldMove = true
  second.service.kill()
  expectBest(await set.sessions[0].step([6], 'last', best), [5, 6])
  expectBest(await set.sessions[0].step([7], 'last', best), [5, 6, 7])
  // It did not ask again before the next step.
  expect(replicas.wishes).toHaveLength(2)
  set.close()
})

test.each([
  ['internal', 13],
  ['exhausted', 8],
] as const)('continues after %s only on another replica', async (code, status) => {
  const pair = await requestOver(both()).open('dpo', prompt, never)
  first.service.nextError = { code: status, message: 'so it is' }
  expectBest(await pair.sessions[0].step([5], 'last', best), [5])
  pair.close()
  const alone = await requestOver(new ToyReplicas([first])).open('dpo', prompt, never)
  first.service.nextError = { code: status, message: 'so it is' }
  await expect(alone.sessions[0].step([5], 'last', best)).rejects.toMatchObject({ code })
  alone.close()
  expect(first.failures).toEqual([code, code])
  expect([first.leases, second.leases]).toEqual([0, 0])
})

test('sends a token once if the row after it is broken', async () => {
  const set = await requestOver(both()).open('dpo', prompt, never)
  const [session] = set.sessions
  expectBest(await session.step([5, 6], 'last', best), [5, 6])
  const toBroken = (result: StepResult) => ({
    ...result,
    rows: result.rows?.map((row) => ({ ...row, max: Number.NaN })) ?? [],
  })
  first.service.corrupt = (response) => [{ ...response, results: response.results?.map(toBroken) ?? [] }]
  expectBest(await session.step([7], 'last', best), [5, 6, 7])
  expect(session.position).toBe(3)
  expect(first.failures).toEqual(['internal'])
  set.close()
})

test('tells which replica was left, why, and where the sessions continue', async () => {
  const failovers: Failover[] = []
  const onFailover = (failover: Failover) => failovers.push(failover)
  const set = await requestOver(both(50), { onFailover }).open('dpo', prompt, never)
  const [a, b] = [first.connection.address, second.connection.address]
  const sentMs = performance.now()
  first.service.nextError = { code: 13, message: 'so it is' }
  await set.sessions[0].step([5], 'last', [])
  second.shouldMove = true
  await set.sessions[0].step([6], 'last', [])
  second.service.kill()
  first.service.kill()
  await expect(set.sessions[0].step([7], 'last', [])).rejects.toMatchObject({ code: 'unavailable' })
  set.close()
  expect(failovers).toMatchObject([
    { model: 'dpo', reason: 'internal', from: a, to: b },
    { model: 'dpo', reason: 'draining', from: b, to: a },
    { model: 'dpo', reason: 'unavailable', from: a, to: null },
  ])
  const times = failovers.flatMap(({ startMs, endMs }) => [startMs, endMs])
  expect([sentMs, ...times]).toEqual([sentMs, ...times].toSorted((x, y) => x - y))
})

test('the request fails with the last error if its replays are used up', async () => {
  const set = await requestOver(both(), { maxReplays: 2 }).open('dpo', prompt, never)
  await set.sessions[0].step([5], 'last', [])
  const unavailable = { code: 14, message: 'the engine has stopped' }
  for (const { service } of [first, second])
    service.beforeStep = () => {
      service.nextError = unavailable
    }
  await expect(set.sessions[0].step([6], 'last', best)).rejects.toMatchObject({ code: 'unavailable' })
  expect(first.failures.length + second.failures.length).toBe(3)
  // Nobody waits for a set that has failed.
  await expect(set.sessions[0].readout(best)).rejects.toMatchObject({ code: 'unavailable' })
  set.close()
  expect([first.leases, second.leases]).toEqual([0, 0])
})

test('the request fails if no replica becomes ready in time', async () => {
  const set = await requestOver(both(50)).open('dpo', prompt, never)
  await set.sessions[0].step([5], 'last', [])
  first.service.kill()
  second.service.kill()
  await expect(set.sessions[0].step([6], 'last', best)).rejects.toThrow('no toy is ready')
  set.close()
})

test('a client that disconnects while no replica is ready ends the wait', async () => {
  const client = new AbortController()
  const set = await requestOver(both()).open('dpo', prompt, client.signal)
  await set.sessions[0].step([5], 'last', [])
  first.service.kill()
  second.service.kill()
  const step = set.sessions[0].step([6], 'last', best)
  client.abort()
  await expect(step).rejects.toMatchObject({ code: 'aborted' })
  set.close()
})

test('a set that is closed while it moves keeps no replica', async () => {
  const set = await requestOver(both()).open('dpo', prompt, never)
  await set.sessions[0].step([5], 'last', [])
  first.service.kill()
  const step = set.sessions[0].step([6], 'last', best)
  set.close()
  await expect(step).rejects.toMatchObject({ code: 'aborted' })
  await expect.poll(() => first.leases + second.leases).toBe(0)
})

test('a request does not mix versions: after a loss it takes only its own', async () => {
  Object.assign(second.service.model, { version: 'b'.repeat(64) })
  const request = requestOver(both(50))
  const set = await request.open('dpo', prompt, never)
  await set.sessions[0].step([5], 'last', [])
  first.service.kill()
  await expect(set.sessions[0].step([6], 'last', best)).rejects.toMatchObject({ code: 'unavailable' })
  set.close()
  // The next request is free to use the new version.
  const next = await requestOver(both(50)).open('dpo', prompt, never)
  expectBest(await next.sessions[0].step([6], 'last', best), [6])
  next.close()
})

test('sets of one request that are opened at once use one version', async () => {
  Object.assign(second.service.model, { version: 'b'.repeat(64) })
  const [one, other] = [new ToyReplicas([first]), new ToyReplicas([second, first])]
  let opened = 0
  const models = new Map([
    [
      'dpo',
      { acquire: ((wish, signal) => (opened++ === 0 ? one : other).acquire(wish, signal)) as typeof one.acquire },
    ],
  ])
  const request = requestOver(one, { models })
  const sets = await Promise.all([request.open('dpo', prompt, never), request.open('dpo', prompt, never)])
  expect([first.leases, second.leases]).toEqual([2, 0])
  for (const set of sets) set.close()
})
