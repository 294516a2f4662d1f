import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ServiceError, statusCodes } from '../../errors.js'
import { EngineStats } from '../engine-stats.js'
import { SessionStore } from '../sessions/session-store.js'
import {
  emptyWork,
  generousSettings,
  logitsOf,
  never,
  rowsOf,
  runReplaying,
  stepOf,
  ToyEngine,
} from '../testing/index.js'
import { Scheduler } from './scheduler.js'

/**
 * A request whose sessions do not fit waits: every request that fits by itself is answered at last.
 */

const rowBytes = 32 * 4
const tokenBytes = 8
/** A grace that no test sees the end of. */
const endlessMs = 3_600_000

function serve(limits: { maxSessions?: number; maxBytes?: number; graceMs?: number }) {
  const engine = new ToyEngine()
  const store = new SessionStore(engine, { ...generousSettings, graceMs: endlessMs, ...limits })
  const context = { engine, store, prefillChunk: 5, reusesPrefixes: false }
  const scheduler = new Scheduler(context, { maxQueue: 256, maxBatch: 16, maxPrompts: 1 }, new EngineStats())
  const step = (id: string, prefix: number[], tokens: number[], signal = never()) =>
    scheduler.submit({ ...emptyWork, steps: [stepOf(id, prefix, tokens, { rows: 'last' })] }, signal, 0)
  const close = (id: string) => scheduler.submit({ ...emptyWork, closeSessionIds: [id] }, never(), 0)
  return { engine, store, scheduler, step, close }
}

const codeOf = (outcome: Awaited<ReturnType<Scheduler['submit']>>) =>
  (outcome.failure ?? outcome.results[0]?.failure)?.code ?? 0
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

test('new sessions wait in order for a free session, and evict none of a running answer', async () => {
  const { step, close } = serve({ maxSessions: 3 })
  const order: string[] = []
  const answer = async (id: string) => {
    const codes = [codeOf(await step(id, [], [1, 2]))]
    order.push(id)
    codes.push(codeOf(await step(id, [1, 2], [3])), codeOf(await step(id, [1, 2, 3], [4])))
    await close(id)
    return codes
  }
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  expect(await Promise.all(names.map(answer))).toEqual(names.map(() => [0, 0, 0]))
  expect(order).toEqual(names)
})

test('a small new session does not overtake a large one; a session that can never fit is refused at once', async () => {
  const { step, close } = serve({ maxBytes: tokenBytes * 50 + rowBytes })
  const order: string[] = []
  const open = async (id: string, length: number) => {
    expect(codeOf(await step(id, [], new Array(length).fill(1)))).toBe(0)
    order.push(id)
  }
  await open('a', 25)
  const large = open('large', 40)
  const small = open('small', 2)
  const huge = await step('huge', [], new Array(64).fill(1))
  expect([codeOf(huge), order]).toEqual([statusCodes.resourceExhausted, ['a']])
  await close('a')
  await large
  await close('large')
  await small
  expect(order).toEqual(['a', 'large', 'small'])
})

test('answers a waiting request at once when it is cancelled', async () => {
  const { step, store } = serve({ maxSessions: 1 })
  await step('a', [], [1])
  const controller = new AbortController()
  const waiting = step('b', [], [1], controller.signal)
  await pause(5)
  controller.abort(new ServiceError(statusCodes.deadlineExceeded, 'late'))
  expect(codeOf(await waiting)).toBe(statusCodes.deadlineExceeded)
  expect([store.get('a') !== undefined, store.get('b')]).toEqual([true, undefined])
})

test('tries a new session again once the grace of another session has passed, but not all the time until then', async () => {
  const { step, store, scheduler } = serve({ maxSessions: 1, graceMs: 60 })
  await step('a', [], [1])
  let tries = 0
  const { fits } = store
  store.fits = (...needs) => {
    tries++
    return fits.apply(store, needs)
  }
  expect(codeOf(await step('b', [], [1]))).toBe(0)
  expect(tries).toBeLessThan(10)
  expect(scheduler.length).toBe(0)
})

test('a session that must grow goes before new sessions, and waits if other sessions hold the memory', async () => {
  const { step, close } = serve({ maxBytes: tokenBytes * 60 + 2 * rowBytes })
  const many = (length: number) => new Array<number>(length).fill(1)
  await Promise.all([step('a', [], many(20)), step('b', [], many(20))])
  const newSession = step('c', [], many(10))
  const growing = step('a', many(20), many(36))
  await pause(5)
  expect(codeOf(await step('b', many(20), many(1)))).toBe(0)
  await close('b')
  expect(codeOf(await growing)).toBe(0)
  await close('a')
  expect(codeOf(await newSession)).toBe(0)
})

const answers = fc.array(
  fc.array(fc.array(fc.nat(31), { minLength: 1, maxLength: 12, size: 'max' }), {
    minLength: 1,
    maxLength: 5,
    size: 'max',
  }),
  { minLength: 2, maxLength: 8, size: 'max' },
)
const budget = fc.record({
  maxSessions: fc.integer({ min: 1, max: 4 }),
  /** The longest answer always fits by itself. */
  maxBytes: fc.integer({ min: tokenBytes * 60 + rowBytes, max: 4 * (tokenBytes * 60 + rowBytes) }),
  graceMs: fc.constantFrom(1, 5, endlessMs),
})

test('answers with tiny budgets all end with the right rows, and never take more than the budget', async () => {
  const property = fc.asyncProperty(answers, budget, async (all, limits) => {
    // If the grace never passes, two answers that have both begun could wait for each other: so
    // these have one step.
    const served = limits.graceMs === endlessMs ? all.map((steps) => steps.slice(0, 1)) : all
    const { engine, store, scheduler, close } = serve(limits)
    engine.beforeRun = () => {
      expect(store.budget.held).toBeLessThanOrEqual(limits.maxBytes)
      expect(store.size).toBeLessThanOrEqual(limits.maxSessions)
    }
    const backend = {
      run: (work: Parameters<Scheduler['submit']>[0], signal: AbortSignal) => scheduler.submit(work, signal, 0),
      closeSessions: () => undefined,
    }
    const answer = async (steps: number[][], index: number) => {
      const tokens: number[] = []
      for (const next of steps) {
        const step = stepOf(`s${index}`, tokens, next, { rows: 'last' })
        tokens.push(...next)
        // A session that waited past the grace may have been evicted: it is replayed then.
        const found = rowsOf(await runReplaying(backend, tokens, step))
        expect(found).toEqual([await freshRow(tokens)])
      }
      await close(`s${index}`)
    }
    await Promise.all(served.map(answer))
    expect([scheduler.length, store.size]).toEqual([0, 0])
  })
  await fc.assert(property, { numRuns: 60 })
})

async function freshRow(tokens: readonly number[]): Promise<Float32Array> {
  const engine = new ToyEngine()
  const cache = engine.createCache()
  cache.reserve(tokens.length)
  return logitsOf(
    await engine.run({ cache, position: 0, tokenIds: Uint32Array.from(tokens), rowIndices: [tokens.length - 1] }),
  )
}
