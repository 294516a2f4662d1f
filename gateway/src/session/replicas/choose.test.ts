import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Candidate, choose, type Preference } from './choose.js'

const none: Preference = { engineIds: new Set(), avoid: new Set(), prefixHolder: null }
const a = { address: 'a', engineId: 'ea', free: 0.9 }
const b = { address: 'b', engineId: 'eb', free: 0.5 }
const c = { address: 'c', engineId: 'ec', free: 0 }
/** Draws the given numbers in turn. */
const drawing =
  (...numbers: number[]) =>
  () =>
    numbers.shift() ?? 0

test('draws two replicas and takes the one with more room', () => {
  expect(choose([a, b, c], none, drawing(0, 0))).toBe(a)
  expect(choose([a, b, c], none, drawing(0.4, 0))).toBe(b)
  expect(choose([a, b, c], none, drawing(0.7, 0.9))).toBe(b)
  expect(choose([c], none)).toBe(c)
  expect(choose([], none)).toBeNull()
})

test('prefers replicas that did not fail before, but takes another one if it must', () => {
  const avoid = new Set(['a', 'b'])
  expect(choose([a, b, c], { ...none, avoid }, drawing(0, 0))).toBe(c)
  expect(choose([a, b], { ...none, avoid }, drawing(0, 0))).toBe(a)
})

test('prefers an engine of the request, unless it is full', () => {
  expect(choose([a, b, c], { ...none, engineIds: new Set(['eb']) }, drawing(0, 0))).toBe(b)
  expect(choose([a, b, c], { ...none, engineIds: new Set(['ec']) }, drawing(0, 0))).toBe(a)
  expect(choose([{ ...a, engineId: '' }, b], { ...none, engineIds: new Set(['']) }, drawing(0, 0))).toMatchObject({
    address: 'a',
  })
})

test('prefers the replica with the prefix, unless it is much fuller', () => {
  const near = { ...b, free: 0.7 }
  expect(choose([a, near], { ...none, prefixHolder: 'b' }, drawing(0, 0))).toBe(near)
  expect(choose([a, b], { ...none, prefixHolder: 'b' }, drawing(0, 0))).toBe(a)
  expect(choose([b, c], { ...none, prefixHolder: 'c' }, drawing(0, 0))).toBe(b)
  expect(choose([a, b], { ...none, prefixHolder: 'gone' }, drawing(0, 0))).toBe(a)
})

const candidates = fc.uniqueArray(
  fc.record({
    address: fc.constantFrom(...'abcdefgh'),
    engineId: fc.constantFrom('', 'x', 'y'),
    free: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  { selector: ({ address }) => address, maxLength: 8 },
)
const preference = fc.record({
  engineIds: fc.subarray(['x', 'y']).map((ids) => new Set(ids)),
  avoid: fc.subarray([...'abcdefgh']).map((addresses) => new Set(addresses)),
  prefixHolder: fc.option(fc.constantFrom(...'abcdefgh')),
})
const numbers = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }))

test('always chooses a candidate if there is one, avoids what it can, and never takes the fullest of many', () => {
  fc.assert(
    fc.property(candidates, preference, numbers, (found: Candidate[], wanted, random) => {
      const chosen = choose(found, wanted, () => random.next().value)
      expect(chosen === null).toBe(found.length === 0)
      if (chosen === null) return
      expect(found).toContain(chosen)
      const good = found.filter(({ address }) => !wanted.avoid.has(address))
      if (good.length > 0) expect(good).toContain(chosen)
      const pool = good.length > 0 ? good : found
      const ofEngine = pool.filter(
        ({ engineId, free }) => engineId !== '' && free > 0 && wanted.engineIds.has(engineId),
      )
      if (ofEngine.length > 0) expect(ofEngine).toContain(chosen)
      const rest = ofEngine.length > 0 ? ofEngine : pool
      const isHolder = chosen.address === wanted.prefixHolder
      if (rest.length > 1 && !isHolder)
        expect(rest.some((other) => other !== chosen && other.free <= chosen.free)).toBe(true)
    }),
  )
})

test('draws every pair: of many replicas with equal room each gets its share', () => {
  const equal = Array.from({ length: 5 }, (_, i) => ({ address: String(i), engineId: '', free: 1 }))
  const counts = new Map<string, number>()
  for (let i = 0; i < 20; i++)
    for (let j = 0; j < 20; j++) {
      const { address = '' } = choose(equal, none, drawing((i + 0.5) / 20, (j + 0.5) / 20)) ?? {}
      counts.set(address, (counts.get(address) ?? 0) + 1)
    }
  expect([...counts.values()]).toEqual([80, 80, 80, 80, 80])
})
