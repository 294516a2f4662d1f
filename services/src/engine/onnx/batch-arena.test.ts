import { expect, test } from 'vitest'
import { ArenaPool } from './arena-pool.js'
import { BatchArena } from './batch-arena.js'
import { KeyValueCache } from './kv-cache.js'

const shape = { layers: 2, keyValueHeads: 1, headSize: 1 }
const bytesPerToken = 2 * 2 * 4
const plenty = 1e6

/** A cache whose key at position p is 100 * name + p in every layer; the value is its negative. */
function cacheOf(name: number, tokens: number): KeyValueCache {
  const cache = new KeyValueCache(shape)
  cache.reserve(64)
  for (let p = 0; p < tokens; p++) append(cache, 100 * name + p)
  return cache
}

function append(cache: KeyValueCache, key: number): void {
  for (const layer of [0, 1]) cache.write(layer, cache.length, Float32Array.of(key), Float32Array.of(-key))
  cache.commit(cache.length + 1)
}

const assign = (arena: BatchArena, caches: KeyValueCache[], maxBytes = plenty) =>
  arena.assignColumns(
    caches.map((cache) => ({ cache, position: cache.length, tokens: 1 })),
    maxBytes,
  )

/** The keys that a run would read of one session. */
function read(arena: BatchArena, column: number, length: number): number[] {
  const keys = arena.keyPrefix(1, length)
  expect([...arena.valuePrefix(0, length)]).toEqual([...keys].map((key) => 0 - key))
  return Array.from({ length }, (_, p) => keys[p * arena.width + column] as number)
}

test('token p lies at slot p of its column', () => {
  const arena = new BatchArena(shape, 1)
  const caches = [cacheOf(1, 3), cacheOf(2, 1), cacheOf(3, 2)]
  expect(assign(arena, caches)).toEqual([0, 1, 2])
  expect(arena.width).toBe(3)
  expect([read(arena, 0, 3), read(arena, 1, 1), read(arena, 2, 2)]).toEqual([[100, 101, 102], [200], [300, 301]])
})

test('copies again only the tokens that were overwritten in a cache', () => {
  const arena = new BatchArena(shape, 1)
  const [a, b] = [cacheOf(1, 3), cacheOf(2, 3)]
  assign(arena, [a, b])
  expect(a.mirror?.length).toBe(3)
  a.truncate(1)
  append(a, 777)
  expect(a.mirror?.length).toBe(1)
  expect(assign(arena, [b, a])).toEqual([1, 0])
  expect(read(arena, 0, 2)).toEqual([100, 777])
})

test('a new session gets the column of a closed session, then the column that was unused for the longest time', () => {
  const arena = new BatchArena(shape, 1)
  const [a, b, c] = [cacheOf(1, 1), cacheOf(2, 1), cacheOf(3, 1)]
  assign(arena, [a, b, c])
  assign(arena, [a, c])
  b.close()
  const d = cacheOf(4, 2)
  expect(assign(arena, [a, d])).toEqual([0, 1])
  const e = cacheOf(5, 2)
  expect(assign(arena, [d, e])).toEqual([1, 2])
  expect([c.mirror, arena.sessions.includes(c), read(arena, 2, 2)]).toEqual([null, false, [500, 501]])
})

test('keeps unused columns until they have cost as much as reassigning the columns', () => {
  const arena = new BatchArena(shape, 3 * bytesPerToken)
  const [a, b] = [cacheOf(1, 2), cacheOf(2, 2)]
  const more = [3, 4].map((name) => cacheOf(name, 2))
  assign(arena, [a, b, ...more])
  const widths = [0, 1, 2].map(() => {
    assign(arena, [a, b])
    return arena.width
  })
  expect(widths).toEqual([4, 4, 2])
  expect(arena.sessions).toEqual([a, b])
})

test('refuses a batch that exceeds the bytes, and shrinks memory that is four times too large', () => {
  const arena = new BatchArena(shape, 1e6)
  const caches = Array.from({ length: 8 }, (_, name) => cacheOf(name, 19))
  expect(assign(arena, caches, 8 * 20 * bytesPerToken - 1)).toBeNull()
  expect(arena.byteLength).toBe(0)
  assign(arena, caches, 8 * 20 * bytesPerToken)
  expect(arena.byteLength).toBe(8 * 20 * bytesPerToken)
  assign(arena, [cacheOf(8, 3), cacheOf(9, 3)])
  expect(arena.byteLength).toBe(2 * 4 * 1.25 * bytesPerToken)
})

test('sessions of another group have an arena of their own, which is dropped with them', () => {
  const pool = new ArenaPool(shape, 1)
  const entriesOf = (caches: KeyValueCache[]) => caches.map((cache) => ({ cache, position: cache.length, tokens: 1 }))
  const [shorts, longs] = [
    [cacheOf(1, 2), cacheOf(2, 3)],
    [cacheOf(3, 50), cacheOf(4, 51)],
  ]
  const first = pool.assignColumns(entriesOf(shorts), plenty)
  const second = pool.assignColumns(entriesOf(longs), plenty)
  expect(first?.arena).not.toBe(second?.arena)
  expect(pool.assignColumns(entriesOf(shorts), plenty)?.arena).toBe(first?.arena)
  for (const cache of longs) cache.close()
  pool.assignColumns(entriesOf(shorts), plenty)
  expect(pool.byteLength).toBe(first?.arena.byteLength)
  pool.clear()
  expect([pool.byteLength, shorts[0]?.mirror]).toEqual([0, null])
})

test('a pool that cannot grow assigns no columns and keeps no arena', () => {
  const pool = new ArenaPool(shape, 1)
  const entries = [cacheOf(1, 2), cacheOf(2, 3)].map((cache) => ({ cache, position: cache.length, tokens: 1 }))
  expect(pool.assignColumns(entries, 7 * bytesPerToken)).toBeNull()
  expect(pool.byteLength).toBe(0)
})
