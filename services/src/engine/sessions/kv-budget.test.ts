import { expect, test } from 'vitest'
import { ToyEngine } from '../testing/index.js'
import { KvBudget } from './kv-budget.js'
import { PrefixCache } from './prefix-cache.js'
import { Session } from './session.js'
import { SessionTable } from './session-table.js'

/** The toy cache takes 8 bytes per token. */
const bytesPerToken = 8

function budgetOf(tokens: number) {
  const engine = new ToyEngine()
  const sessions = new SessionTable(0, () => 0)
  const prefixes = new PrefixCache(9)
  const cacheOf = (capacity: number) => {
    const cache = engine.createCache()
    cache.reserve(capacity)
    return cache
  }
  const budget = new KvBudget(tokens * bytesPerToken, engine, sessions, prefixes)
  return { engine, sessions, prefixes, cacheOf, budget }
}

test('frees prefixes first, then the batch memory, then idle sessions', () => {
  const { engine, sessions, prefixes, cacheOf, budget } = budgetOf(30)
  engine.batchMemory = { byteLength: 80, clear: () => Object.assign(engine.batchMemory, { byteLength: 0 }) }
  prefixes.add({ scope: 'scope', tokenIds: Uint32Array.of(1) }, cacheOf(10), 0)
  sessions.touch('a', new Session(cacheOf(10)))
  const held = () => [prefixes.byteLength, engine.batchMemory.byteLength, sessions.byteLength]
  expect([held(), budget.held, budget.fits(1)]).toEqual([[80, 80, 80], 240, false])
  const after = [80, 160, 240].map((bytes) => {
    budget.free(bytes)
    return held()
  })
  expect(after).toEqual([
    [0, 80, 80],
    [0, 0, 80],
    [0, 0, 0],
  ])
})

test('evicts no session if that would not be enough, and says how much is available', () => {
  const { sessions, cacheOf, budget } = budgetOf(30)
  sessions.touch('idle', new Session(cacheOf(10)))
  sessions.use(['busy'])
  sessions.touch('busy', new Session(cacheOf(10)))
  expect(() => budget.free(168)).toThrow(
    '168 bytes of keys and values are needed, but only 160 of 240 (TANDEM_KV_BYTES) are available: ' +
      'retry later, send a shorter prompt, or raise the limit',
  )
  expect(sessions.size).toBe(2)
})

test('admits a prefix of at most a quarter of the limit, in place of older ones', () => {
  const { prefixes, cacheOf, budget } = budgetOf(40)
  expect(budget.admitPrefix(11 * bytesPerToken)).toBe(false)
  prefixes.add({ scope: 'scope', tokenIds: Uint32Array.of(1) }, cacheOf(6), 0)
  expect(budget.admitPrefix(6 * bytesPerToken)).toBe(true)
  expect(prefixes.byteLength).toBe(0)
})
