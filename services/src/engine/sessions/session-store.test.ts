import { expect, test } from 'vitest'
import { ServiceError, statusCodes } from '../../errors.js'
import { ToyEngine } from '../testing/index.js'
import { SessionStore } from './session-store.js'

/** The toy cache takes 8 bytes per token. */
function storeWith(limits: { maxSessions?: number; maxBytes?: number; ttlMs?: number; graceMs?: number }) {
  let nowMs = 0
  const engine = new ToyEngine()
  const store = new SessionStore(
    engine,
    { maxSessions: 9, maxBytes: 1e6, ttlMs: 100, graceMs: 0, ...limits },
    () => nowMs,
  )
  return {
    engine,
    store,
    wait: (ms: number) => {
      nowMs += ms
    },
  }
}

const codeOf = (run: () => unknown) => {
  try {
    run()
  } catch (error) {
    return ServiceError.from(error).code
  }
  return 0
}

test('a new session replaces the least recently used idle one', () => {
  const { store } = storeWith({ maxSessions: 2 })
  store.open('a')
  store.open('b')
  store.release(['a'])
  store.open('c')
  expect([store.get('a') !== undefined, store.get('b') !== undefined]).toEqual([true, false])
})

test('does not evict a session in use: refuses what does not fit next to it, and names the limit', () => {
  const { store } = storeWith({ maxSessions: 1, maxBytes: 8 * 40 })
  store.use(['a'])
  const session = store.open('a')
  expect(() => store.open('b')).toThrow('TANDEM_MAX_SESSIONS')
  expect(codeOf(() => store.budget.reserve(session, 41, 0))).toBe(statusCodes.resourceExhausted)
  expect(() => store.budget.reserve(session, 41, 0)).toThrow('TANDEM_KV_BYTES')
  expect(store.budget.held).toBe(0)
})

test('frees bytes by evicting idle sessions, only as many as needed', () => {
  const { store } = storeWith({ maxBytes: 8 * 100 })
  for (const id of ['a', 'b', 'c']) {
    store.use([id])
    store.budget.reserve(store.open(id), 14, 0)
    store.release([id])
  }
  store.use(['d'])
  store.budget.reserve(store.open('d'), 20, 0)
  expect(['a', 'b', 'c', 'd'].map((id) => store.get(id) !== undefined)).toEqual([false, true, true, true])
  expect(store.budget.held).toBeLessThanOrEqual(800)
})

test('reserves the rows that a step will keep until the step ends', () => {
  const { store } = storeWith({ maxBytes: 8 * 40 + 300 })
  store.use(['a', 'b'])
  const [a, b] = [store.open('a'), store.open('b')]
  store.budget.reserve(a, 20, 200)
  expect(store.budget.held).toBeGreaterThanOrEqual(8 * 20 + 200)
  expect(codeOf(() => store.budget.reserve(b, 10, 200))).toBe(statusCodes.resourceExhausted)
  a.promisedRowBytes = 0
  store.budget.reserve(b, 10, 200)
  expect(store.budget.held).toBeLessThanOrEqual(8 * 40 + 300)
})

test('does not evict a session that was used a moment ago, and evicts the oldest other session first', () => {
  const { store, wait } = storeWith({ maxSessions: 2, graceMs: 50 })
  store.open('a')
  wait(30)
  store.open('b')
  const newSession = new Set(['c'])
  const needs = new Map([['c', 80]])
  expect(store.fits(newSession, needs)).toBe('later')
  expect(codeOf(() => store.open('c'))).toBe(statusCodes.resourceExhausted)
  expect(store.nextEvictableMs).toBe(20)
  wait(20)
  expect(store.fits(newSession, needs)).toBe('now')
  store.open('c')
  expect(['a', 'b', 'c'].map((id) => store.get(id) !== undefined)).toEqual([false, true, true])
  expect(store.fits(new Set(['d']), new Map([['d', 2e6]]))).toBe('never')
})

test('doubles the capacity of a session while no session must be evicted for it', () => {
  const { store } = storeWith({ maxBytes: 8 * 50 })
  store.use(['a'])
  const session = store.open('a')
  store.budget.reserve(session, 4, 0)
  expect(session.cache.capacity).toBe(20)
  store.budget.reserve(session, 21, 0)
  expect(session.cache.capacity).toBe(40)
  store.budget.reserve(session, 41, 0)
  expect(session.cache.capacity).toBe(50)
})

test('closes idle sessions after their time to live', () => {
  const { store, wait } = storeWith({ ttlMs: 100 })
  store.open('a')
  wait(60)
  store.open('b')
  wait(60)
  store.use(['b'])
  store.sweep()
  wait(1000)
  store.sweep()
  expect([store.get('a') !== undefined, store.get('b') !== undefined]).toEqual([false, true])
})

test('reports a fork or reorder of a session that is not held', () => {
  const { store } = storeWith({})
  expect(codeOf(() => store.fork('a', 'b'))).toBe(statusCodes.failedPrecondition)
  expect(() => store.reorder(['a'], [0])).toThrow('session "a" is not held')
})

test('counts the batch memory, and clears it before it evicts a session', () => {
  const { engine, store } = storeWith({ maxBytes: 8 * 100 })
  engine.batchMemory = { byteLength: 8 * 30, clear: () => Object.assign(engine.batchMemory, { byteLength: 0 }) }
  store.use(['a'])
  const session = store.open('a')
  store.budget.reserve(session, 60, 0)
  expect([store.budget.held, store.budget.batchLimit, session.cache.capacity]).toEqual([8 * 94, 8 * 36, 64])
  store.release(['a'])
  store.use(['b'])
  store.budget.reserve(store.open('b'), 20, 0)
  expect([engine.batchMemory.byteLength, store.get('a') !== undefined]).toEqual([0, true])
})

test('clears the batch memory if at most one session is left', () => {
  const { engine, store } = storeWith({})
  let clears = 0
  engine.batchMemory = { byteLength: 8, clear: () => clears++ }
  store.open('a')
  store.open('b')
  store.sweep()
  expect(clears).toBe(0)
  store.close('b')
  store.sweep()
  expect(clears).toBe(1)
})
