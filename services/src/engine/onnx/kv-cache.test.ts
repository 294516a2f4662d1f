import { expect, test } from 'vitest'
import { KeyValueCache } from './kv-cache.js'

const shape = { layers: 2, keyValueHeads: 1, headSize: 2 }

function cacheOf(tokens: number): KeyValueCache {
  const cache = new KeyValueCache(shape)
  cache.reserve(tokens)
  for (let layer = 0; layer < 2; layer++) {
    const key = Float32Array.from({ length: tokens * 2 }, (_, i) => 100 * layer + i)
    cache.write(
      layer,
      0,
      key,
      key.map((k) => -k),
    )
  }
  cache.commit(tokens)
  return cache
}

test('a prefix is a view of the memory of the cache', () => {
  const cache = cacheOf(4)
  expect([...cache.keyPrefix(1, 2)]).toEqual([100, 101, 102, 103])
  expect([...cache.valuePrefix(0, 1)]).toEqual([-0, -1])
  expect(cache.keyPrefix(1, 2).buffer).toBe(cache.keyPrefix(1, 4).buffer)
  expect(cache.bytesPerToken).toBe(2 * 2 * 2 * 4)
})

test('growth and copies keep the content, and writing to a copy does not change the original', () => {
  const cache = cacheOf(3)
  cache.truncate(2)
  const copy = cache.copy(5)
  cache.reserve(50)
  copy.write(0, 0, Float32Array.of(9, 9), Float32Array.of(9, 9))
  expect([cache.length, cache.capacity, copy.length, copy.capacity]).toEqual([2, 50, 2, 5])
  expect([...cache.keyPrefix(0, 2)]).toEqual([0, 1, 2, 3])
  expect([...copy.keyPrefix(0, 2)]).toEqual([9, 9, 2, 3])
})

test('growing and closing release the old memory at once', () => {
  const cache = cacheOf(3)
  const before = [cache.keyPrefix(0, 3), cache.valuePrefix(1, 3)]
  cache.reserve(5)
  expect(before.map(({ length }) => length)).toEqual([0, 0])
  const grown = cache.keyPrefix(1, 3)
  expect([...grown]).toEqual([100, 101, 102, 103, 104, 105])
  cache.close()
  expect([grown.length, cache.keyPrefix(0, 0).length, cache.capacity]).toEqual([0, 0, 0])
})

test('refuses a length above the capacity, and a truncation to more than it holds', () => {
  const cache = cacheOf(3)
  expect(() => cache.commit(4)).toThrow('a cache with capacity for 3 tokens cannot hold 4')
  expect(() => cache.truncate(4)).toThrow('a cache of 3 tokens cannot be truncated to 4')
})
