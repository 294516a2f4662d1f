import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hashPrefixes, PrefixAffinity } from './prefix-affinity.js'

const ids = (length: number, seed = 1) => Array.from({ length }, (_, i) => (i * 7919 + seed * 104_729) % 50_000)
const prompt = (tokenIds: readonly number[], scope = 'key') => hashPrefixes({ scope, tokenIds })

test('finds the replica that was sent the longest prefix, in blocks of 96 tokens', () => {
  const affinity = new PrefixAffinity()
  affinity.remember(prompt(ids(300)), 'a:1')
  affinity.remember(prompt([...ids(96), ...ids(96, 2)]), 'b:1')
  expect(affinity.find(prompt([...ids(300), 5]))).toBe('a:1')
  expect(affinity.find(prompt([...ids(96), ...ids(96, 2), 9]))).toBe('b:1')
  expect(affinity.find(prompt([...ids(96), 3]))).toBe('b:1')
  expect(affinity.find(prompt(ids(95)))).toBeNull()
  expect(affinity.find(prompt(ids(200, 3)))).toBeNull()
})

test('scopes share nothing, and without a scope nothing is remembered', () => {
  const affinity = new PrefixAffinity()
  affinity.remember(prompt(ids(96), 'one'), 'a:1')
  expect(affinity.find(prompt(ids(96), 'two'))).toBeNull()
  affinity.remember(prompt(ids(192), ''), 'a:1')
  affinity.remember(hashPrefixes(null), 'a:1')
  expect([affinity.size, affinity.find(prompt(ids(192), '')), affinity.find(hashPrefixes(null))]).toEqual([
    1,
    null,
    null,
  ])
})

test('forgets a replica, and what was used longest ago', () => {
  const affinity = new PrefixAffinity(3)
  for (const [seed, address] of ['a:1', 'b:1', 'a:1'].entries()) affinity.remember(prompt(ids(96, seed)), address)
  affinity.remember(prompt(ids(96, 0)), 'a:1')
  affinity.remember(prompt(ids(96, 3)), 'c:1')
  expect([0, 1, 2, 3].map((seed) => affinity.find(prompt(ids(96, seed))))).toEqual(['a:1', null, 'a:1', 'c:1'])
  affinity.forget('a:1')
  expect([0, 1, 2, 3].map((seed) => affinity.find(prompt(ids(96, seed))))).toEqual([null, null, null, 'c:1'])
})

test('a prompt of any length costs at most 64 prefixes', () => {
  const affinity = new PrefixAffinity()
  affinity.remember(prompt(ids(100_000)), 'a:1')
  expect(affinity.size).toBe(64)
  expect(affinity.find(prompt(ids(90_000)))).toBe('a:1')
})

test('equals a search through all remembered prompts', () => {
  // Few tokens and long runs, so that prompts share prefixes.
  const tokens = fc.array(fc.tuple(fc.nat(1), fc.constantFrom(48, 96)), { maxLength: 5 })
  const entry = fc.record({ runs: tokens, scope: fc.constantFrom('x', 'y'), address: fc.constantFrom('a', 'b', 'c') })
  const expand = (runs: readonly (readonly [number, number])[]) => runs.flatMap(([id, count]) => Array(count).fill(id))
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 8 }), entry, (entries, wanted) => {
      const affinity = new PrefixAffinity()
      for (const { runs, scope, address } of entries) affinity.remember(prompt(expand(runs), scope), address)
      const ids: number[] = expand(wanted.runs)
      let expected: string | null = null
      for (let length = ids.length - (ids.length % 96); length >= 96 && expected === null; length -= 96) {
        const begins = (other: number[]) =>
          other.length >= length && ids.slice(0, length).every((id, i) => other[i] === id)
        const found = entries.filter(({ runs, scope }) => scope === wanted.scope && begins(expand(runs)))
        expected = found.at(-1)?.address ?? null
      }
      expect(affinity.find(prompt(ids, wanted.scope))).toBe(expected)
    }),
  )
})
