import { afterEach, expect, test } from 'vitest'
import { ServiceError, statusCodes } from '../errors.js'
import { EngineStats } from './engine-stats.js'
import { emptyWork, joinEngine, never, stepOf, ToyEngine } from './testing/index.js'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

/** Joins a toy engine, and reads its statistics as the host's side of a thread does. */
function join(settings: Parameters<typeof joinEngine>[1] = {}) {
  const engine = new ToyEngine()
  const { host, stats, close } = joinEngine(engine, settings)
  cleanups.push(close)
  const shared = new EngineStats(stats.buffer)
  const run = (id: string, prefix: number[], tokens: number[], more = {}) =>
    host.run({ ...emptyWork, steps: [stepOf(id, prefix, tokens, { rows: 'last', ...more })] }, never())
  return { engine, host, run, read: () => shared.read() }
}

const upTo = (length: number) => Array.from({ length }, (_, i) => i)
/** Numbers of an engine that has done nothing. */
const nothing = { sessions: 0, kvBytes: 0, queueLength: 0, evictions: 0, prefixQueries: 0, prefixHits: 0, runs: 0 }

test('counts sessions, their bytes and runs, and returns to 0 once they are closed', async () => {
  const { host, run, read } = join({ maxSessions: 7, maxBytes: 5000 })
  expect(read()).toEqual({ ...nothing, busyMs: 0, sessionLimit: 7, kvLimit: 5000 })
  await run('a', [], [1, 2])
  await run('b', [], [1, 2])
  await run('b', [1, 2], [3])
  await expect.poll(read).toMatchObject({ sessions: 2, queueLength: 0, evictions: 0, runs: 3 })
  expect(read().kvBytes).toBeGreaterThan(5 * 8)
  expect(read().kvBytes).toBeLessThanOrEqual(5000)
  host.closeSessions(['a', 'b'])
  await expect.poll(read).toMatchObject({ ...nothing, runs: 3 })
})

test('counts the time of runs and the messages that wait, also while the model runs', async () => {
  const { engine, run, read } = join()
  let during = read()
  engine.beforeRun = async () => {
    during = read()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await Promise.all([run('a', [], [1]), run('a', [1], [2])])
  expect(during).toMatchObject({ runs: 1 })
  expect(during.busyMs).toBeGreaterThan(15)
  expect(read().busyMs).toBeGreaterThan(during.busyMs + 15)
  expect(during.queueLength).toBe(1)
  expect(read()).toMatchObject({ queueLength: 0, runs: 2 })
})

test('counts evictions, but not closed, replaced or expired sessions', async () => {
  const { host, run, read } = join({ maxSessions: 2 })
  await run('a', [], [1])
  await run('b', [], [1])
  await host.run({ ...emptyWork, forks: [{ from: 'b', to: 'a' }] }, never())
  expect(read()).toMatchObject({ evictions: 0 })
  await run('c', [], [1])
  await expect.poll(read).toMatchObject({ evictions: 1 })
  host.closeSessions(['a', 'b', 'c'])
  await expect.poll(read).toMatchObject({ sessions: 0, evictions: 1, kvBytes: 0 })
  const short = join({ ttlMs: 20 })
  await short.run('a', [], [1])
  await expect.poll(short.read).toMatchObject({ runs: 1, sessions: 0, evictions: 0, kvBytes: 0 })
})

test('counts sessions that are evicted for memory', async () => {
  const rowBytes = 32 * 4
  const { run, read } = join({ maxBytes: 2 * (10 * 8 + rowBytes) })
  for (const id of ['a', 'b', 'c']) await run(id, [], upTo(10))
  await expect.poll(read).toMatchObject({ sessions: 2, evictions: 1 })
})

test('counts tokens of prompts that are looked up and found in the prefix cache', async () => {
  const { host, run, read } = join({ prefillChunk: 9 })
  const prompt = upTo(20)
  const scoped = { prefixScope: 'scope' }
  await run('a', [], prompt, scoped)
  host.closeSessions(['a'])
  await run('b', [], prompt, scoped)
  await run('b', prompt, [1], scoped)
  await run('c', [], prompt)
  await expect.poll(read).toMatchObject({ prefixQueries: 40, prefixHits: 18 })
})

test('returns to 0 after aborted and refused work', async () => {
  const { engine, host, run, read } = join({ prefillChunk: 2, maxQueue: 1 })
  const controller = new AbortController()
  const reason = new ServiceError(statusCodes.cancelled, 'gone')
  engine.beforeRun = () => controller.abort(reason)
  const aborted = host.run({ ...emptyWork, steps: [stepOf('a', [], upTo(30))] }, controller.signal)
  const outcomes = await Promise.allSettled([aborted, run('b', [], [1])])
  expect(outcomes).toMatchObject([
    { status: 'rejected', reason: { code: statusCodes.cancelled } },
    { status: 'fulfilled', value: { failure: { code: statusCodes.resourceExhausted }, runs: [] } },
  ])
  await expect.poll(read).toMatchObject({ sessions: 0, kvBytes: 0, queueLength: 0 })
})
