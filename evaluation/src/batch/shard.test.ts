import { assert, integer, property } from 'fast-check'
import { expect, it } from 'vitest'
import { formatShard, parseShard, shardPath, shardRange } from './shard.js'

it('parses a shard', () => {
  expect(parseShard('3/16')).toEqual({ number: 3, count: 16 })
  expect(formatShard({ number: 3, count: 16 })).toBe('3/16')
})

it.each(['', '3', '0/4', '5/4', '1/0', '-1/4', '1/4/5', '1.5/4', '1/100000', 'a/b'])('refuses "%s"', (text) =>
  expect(() => parseShard(text)).toThrow(
    `"${text}" is not a shard: expected NUMBER/COUNT with numbers from 1 to 99999`,
  ),
)

it('the shards one after the other are all rows, and differ by at most one', () =>
  assert(
    property(integer({ min: 0, max: 500 }), integer({ min: 1, max: 40 }), (rows, count) => {
      const ranges = Array.from({ length: count }, (_, i) => shardRange(rows, { number: i + 1, count }))
      const ends = ranges.map(([, end]) => end)
      expect(ranges.map(([start]) => start)).toEqual([0, ...ends.slice(0, -1)])
      expect(ends.at(-1)).toBe(rows)
      const sizes = ranges.map(([start, end]) => end - start)
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
    }),
  ))

it.each([
  ['answers.jsonl', 'answers-00003-of-00016.jsonl'],
  ['a.b/answers', 'a.b/answers-00003-of-00016'],
  ['/data/.answers', '/data/.answers-00003-of-00016'],
  ['x.tar.jsonl', 'x.tar-00003-of-00016.jsonl'],
])('the file of a shard of %s is %s', (path, expected) =>
  expect(shardPath(path, { number: 3, count: 16 })).toBe(expected),
)
