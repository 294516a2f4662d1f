import { setImmediate } from 'node:timers/promises'
import type { StepResponse, StepResult } from '@tandem/proto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { holdSteps } from '../../testing/hold-answers.js'
import { sessionOptions } from '../../testing/session-options.js'
import { ToyService } from '../../testing/toy-service.js'
import type { Readout, Session, SessionSet } from '../contract/session.js'
import { SessionError } from '../contract/session-error.js'
import { LogitServiceConnection } from './logit-service.js'

let service: ToyService
let connection: LogitServiceConnection
let client: AbortController
let set: SessionSet
let session: Session
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
  service.beforeStep = () => undefined
  service.nextError = undefined
  service.corrupt = (response) => [response]
  client = new AbortController()
  set = await connection.openSessions(sessionOptions(client.signal))
  ;[session] = set.sessions
})

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof SessionError ? error.code : String(error)),
  )
const bestOf = (ids: readonly number[]) => {
  const values = service.logProbabilities(ids)
  return values.indexOf(Math.max(...values))
}

test('steps and later readouts include all tokens before them', async () => {
  const [first] = await session.step([5, 6], 'last', best)
  expect(first?.scores[0]?.tokenIds[0]).toBe(bestOf([5, 6]))
  await session.step([7], 'last', [])
  expect(session.position).toBe(3)
  const row = await session.readout([...best, { kind: 'gather', rows: [[9, 1]] }, { kind: 'full' }])
  expect(row.scores[0]?.tokenIds[0]).toBe(bestOf([5, 6, 7]))
  expect([...(row.scores[1]?.tokenIds ?? [])]).toEqual([9, 1])
  expect((row.scores[1]?.logits[0] ?? 0) - row.logSumExp).toBeCloseTo(service.logProbabilities([5, 6, 7])[9] ?? 0, 5)
  expect(row.scores[2]?.tokenIds).toHaveLength(512)
  set.close()
})

test('replays a lost session once: at a step, at a readout, and with rows of all tokens', async () => {
  await session.step([5, 6], 'last', [])
  service.sessions.clear()
  expect((await session.readout(best)).scores[0]?.tokenIds[0]).toBe(bestOf([5, 6]))
  service.sessions.clear()
  expect((await session.step([7], 'last', best))[0]?.scores[0]?.tokenIds[0]).toBe(bestOf([5, 6, 7]))
  service.sessions.clear()
  const rows = await session.step([8, 9], 'all', best)
  expect(rows.map((row) => row.scores[0]?.tokenIds[0])).toEqual([bestOf([5, 6, 7, 8]), bestOf([5, 6, 7, 8, 9])])
  service.beforeStep = () => service.sessions.clear()
  await expect(session.step([1], 'last', best).then(() => session.readout([]))).resolves.toBeDefined()
  set.close()
})

test.each([
  [1, 'unavailable'],
  [3, 'refused'],
  [4, 'deadline'],
  [8, 'exhausted'],
  [13, 'internal'],
  [14, 'unavailable'],
] as const)('reports a step that fails with code %i as %s and names the service', async (code, expected) => {
  service.nextError = { code, message: 'because' }
  const failed = session.step([5], 'last', best)
  expect(await codeOf(failed)).toBe(expected)
  await expect(failed).rejects.toThrow(/^the DPO service at 127\.0\.0\.1:\d+.*: because$/)
  set.close()
})

const at = 'the DPO service at 127\\.0\\.0\\.1:\\d+'
const breach = `^${at} sent a response that breaks the contract: `
const changed = (change: (result: StepResult) => StepResult) => (response: StepResponse) => [
  { ...response, results: (response.results ?? []).map(change) },
]

test.each<[string, ToyService['corrupt'], string]>([
  [
    'another position',
    changed((result) => ({ ...result, position: 7 })),
    `${breach}expected a session of 1 tokens, found 7`,
  ],
  ['no row', changed((result) => ({ ...result, rows: [] })), `${breach}expected 1 rows, found 0`],
  [
    'a row that is no distribution',
    changed((result) => ({ ...result, rows: result.rows?.map((row) => ({ ...row, logSumExp: Number.NaN })) ?? [] })),
    `${breach}expected finite values, found max .* and log-sum-exp NaN`,
  ],
  ['no result', (response) => [{ ...response, results: [] }], `^${at} sent 0 results for 1 steps`],
  [
    'two results',
    (response) => [{ ...response, results: [...(response.results ?? []), ...(response.results ?? [])] }],
    `^${at} sent 2 results for 1 steps`,
  ],
  [
    'another number',
    (response) => [{ ...response, requestId: 9 }],
    `^${at} sent a response to request 9: expected one to request 1`,
  ],
])('ends with a response that has %s, and the session holds what it held', async (_, corrupt, message) => {
  service.corrupt = corrupt
  const failed = session.step([5], 'last', best)
  expect(await codeOf(failed)).toBe('internal')
  await expect(failed).rejects.toThrow(new RegExp(message))
  expect(session.position).toBe(0)
  set.close()
})

test('goes on although the service loses the session after each message', async () => {
  await session.step([5, 6], 'last', [])
  service.corrupt = (response) => {
    service.sessions.clear()
    return [response]
  }
  for (const ids of [[7, 8], [9]]) {
    const before = session.position
    const rows = await session.step(ids, 'all', best)
    expect(rows).toHaveLength(ids.length)
    expect(session.position).toBe(before + ids.length)
  }
  expect((await session.readout(best)).scores[0]?.tokenIds[0]).toBe(bestOf([5, 6, 7, 8, 9]))
  set.close()
})

test('ends when a response comes twice, or never', async () => {
  service.corrupt = (response) => [response, response]
  await session.step([5], 'last', best)
  const failed = session.step([6], 'last', best)
  expect(await codeOf(failed)).toBe('internal')
  await expect(failed).rejects.toThrow(/sent a response to request 1: expected (none|one to request 2)$/)
  set.close()
  const other = connection.openSessions(sessionOptions(client.signal))
  service.corrupt = (response) => (response.requestId === 1 ? [] : [response])
  const lost = codeOf(other.sessions[0].step([5], 'last', best))
  // The next request must be another message.
  await setImmediate()
  expect(await codeOf(other.sessions[0].readout(best))).toBe('internal')
  expect(await lost).toBe('internal')
  other.close()
})

test('ends a session at once if its client disconnects, at its deadline, and when it is closed', async () => {
  // None of them can wait for a step: no step ends.
  holdSteps(service)
  const gone = codeOf(session.step([5], 'last', best))
  client.abort()
  expect(await gone).toBe('aborted')
  const late = await connection.openSessions(sessionOptions(AbortSignal.timeout(30)))
  expect(await codeOf(late.sessions[0].step([5], 'last', best))).toBe('deadline')
  const closed = await connection.openSessions(sessionOptions())
  const waiting = codeOf(closed.sessions[0].step([5], 'last', best))
  closed.close()
  closed.close()
  expect(await waiting).toBe('aborted')
  expect(await codeOf(closed.sessions[0].readout(best))).toBe('aborted')
})
