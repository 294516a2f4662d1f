import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sessionOptions } from '../../testing/session-options.js'
import { ToyService } from '../../testing/toy-service.js'
import type { Readout, Row, SessionSet } from '../contract/session.js'
import { SessionError } from '../contract/session-error.js'
import { LogitServiceConnection, type SessionOptions } from './logit-service.js'

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
  set = await connection.openSessions(sessionOptions())
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
/** Appends one token to each session at once. Returns the most likely next ids. */
async function stepAll(tokenIds: readonly number[]) {
  const rows = await Promise.all(set.sessions.map((session, i) => session.step([tokenIds[i] ?? -1], 'last', best)))
  return rows.map(([row]) => found(row))
}

test('forks a prefilled session: all forks read its row, and their steps are one message', async () => {
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

test('sends a reorder with the next steps, and joins two reorders without a step between them', async () => {
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

test('replays lost sessions, with a reorder and without', async () => {
  await set.sessions[0].step([5], 'last', [])
  set.reorder([0, 0])
  service.sessions.clear()
  expect(await stepAll([1, 2])).toEqual([bestOf([5, 1]), bestOf([5, 2])])
  const [first] = service.sessions.keys()
  service.sessions.delete(first ?? '')
  set.reorder([1, 0])
  expect(await stepAll([3, 4])).toEqual([bestOf([5, 2, 3]), bestOf([5, 1, 4])])
})

test('sends the steps without forks if the service has no free session for them at once', async () => {
  await set.sessions[0].step([5], 'last', [])
  set.reorder([0, 0])
  service.nextSessionOpsError = { code: 8, message: 'all sessions are in use' }
  expect(await stepAll([1, 2])).toEqual([bestOf([5, 1]), bestOf([5, 2])])
})

test('sends a step again if the service has no memory for it after the forks', async () => {
  await set.sessions[0].step([5], 'last', [])
  set.reorder([0, 0])
  service.nextError = { code: 8, message: 'too little memory' }
  expect(await stepAll([1, 2])).toEqual([bestOf([5, 1]), bestOf([5, 2])])
  const last = service.messages.at(-1)
  expect([last?.steps.length, last?.forks, last?.reorder]).toEqual([1, [], null])
})

test('does not send a step without forks again', async () => {
  service.nextError = { code: 8, message: 'too little memory' }
  await expect(set.sessions[0].step([5], 'last', best)).rejects.toMatchObject({ code: 'exhausted' })
  expect(service.messages).toHaveLength(1)
})

test('sends many sessions in messages of sixteen steps', async () => {
  await set.sessions[0].step([5], 'last', [])
  set.reorder(Array.from({ length: 40 }, () => 0))
  const tokenIds = set.sessions.map((_, i) => i)
  expect(await stepAll(tokenIds)).toEqual(tokenIds.map((id) => bestOf([5, id])))
  expect(service.messages.map(({ steps }) => steps.length)).toEqual([1, 16, 16, 8])
})

test('reports the error of a step only to its session', async () => {
  await set.sessions[0].step([5], 'last', [])
  set.reorder([0, 0])
  service.nextError = { code: 13, message: 'because' }
  const [first, second] = await Promise.allSettled(set.sessions.map((session) => session.step([1], 'last', best)))
  expect(first).toMatchObject({ status: 'rejected', reason: { code: 'internal' } })
  expect(second?.status).toBe('fulfilled')
})

test('refuses a reorder without parents and a parent that does not exist', () => {
  expect(() => set.reorder([])).toThrow('found no parents: a reorder needs at least one')
  expect(() => set.reorder([0, 1])).toThrow('parent 1 does not exist: the set has 1 sessions')
})

test('frees all sessions when the set is closed', async () => {
  await set.sessions[0].step([5], 'last', [])
  set.reorder([0, 0, 0])
  await stepAll([1, 2, 3])
  expect(service.sessions.size).toBe(3)
  set.close()
  await expect.poll(() => service.sessions.size).toBe(0)
  await expect(stepAll([1])).rejects.toMatchObject({ code: 'aborted' })
})

describe('models of one engine', () => {
  let other: ToyService
  let connections: [LogitServiceConnection, LogitServiceConnection]
  beforeEach(async () => {
    other = new ToyService(4)
    const device = { host: 'here', kind: 'cpu', units: [0], threads: 1, engineId: 'one' }
    const engineRoles = ['dpo', 'sft']
    Object.assign(service.model, { role: 'dpo', engineRoles, device })
    Object.assign(other.model, { role: 'sft', engineRoles, device })
    connections = [connection, new LogitServiceConnection('sft', await other.start())]
  })
  afterEach(() => {
    connections[1].close()
    other.kill()
  })
  const open = (options: SessionOptions) => async (one: LogitServiceConnection) =>
    one.openSessions({ ...options, served: await one.getModel() })

  test('share a stream: steps of both in one event loop iteration are one message, with their operations', async () => {
    const options = sessionOptions()
    const [dpo, sft] = await Promise.all(connections.map(open(options)))
    if (!dpo || !sft) throw new TypeError('both were opened')
    await Promise.all([dpo, sft].map(({ sessions: [session] }) => session.step([5], 'last', best)))
    dpo.reorder([0, 0])
    sft.reorder([0, 0, 0])
    const steps = [...dpo.sessions, ...sft.sessions].map((session, i) => session.step([i], 'last', best))
    const rows = await Promise.all(steps)
    // The service decides which model runs a step; the toy service has only one.
    expect(rows.map(([row]) => found(row))).toEqual([0, 1, 2, 3, 4].map((i) => bestOf([5, i])))
    expect(service.messages.map((message) => message.steps.map(({ role }) => role))).toEqual([
      ['dpo', 'sft'],
      ['dpo', 'dpo', 'sft', 'sft', 'sft'],
    ])
    expect(service.messages[1]?.forks).toHaveLength(3)
    expect(other.messages).toEqual([])
    dpo.close()
    await expect(dpo.sessions[0].step([1], 'last', best)).rejects.toMatchObject({ code: 'aborted' })
    await expect(sft.sessions[0].step([1], 'last', best)).resolves.toHaveLength(1)
    sft.close()
    await expect.poll(() => service.sessions.size).toBe(0)
    // The next prompt of the request opens another stream.
    const next = await Promise.all(connections.map(open(options)))
    await expect(next[0]?.sessions[0].step([5], 'last', best)).resolves.toHaveLength(1)
    for (const one of next) one.close()
  })

  test('if the replica of one set stops answering, only its steps end', async () => {
    const options = sessionOptions()
    const lost = new AbortController()
    const [dpo, sft] = await Promise.all([
      open({ ...options, lost: lost.signal })(connections[0]),
      open(options)(connections[1]),
    ])
    service.beforeStep = () => {
      lost.abort(new SessionError('unavailable', 'it does not respond'))
      service.beforeStep = () => undefined
    }
    const steps = [dpo, sft].map(({ sessions: [session] }) => session.step([5], 'last', best))
    await expect(steps[0]).rejects.toThrow('it does not respond')
    await expect(steps[1]).resolves.toHaveLength(1)
    for (const set of [dpo, sft]) set.close()
  })

  test('use separate streams in different requests, each to its own address', async () => {
    const [dpo, sft] = await Promise.all(connections.map((one) => open(sessionOptions())(one)))
    await Promise.all([dpo, sft].map((set) => set?.sessions[0].step([5], 'last', best)))
    expect([service, other].map(({ messages }) => messages.map(({ steps }) => steps[0]?.role))).toEqual([
      ['dpo'],
      ['sft'],
    ])
    dpo?.close()
    sft?.close()
  })
})
