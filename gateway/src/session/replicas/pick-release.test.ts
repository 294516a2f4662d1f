import { expect, test } from 'vitest'
import { pickRelease } from './pick-release.js'

type Described = ReturnType<Parameters<typeof pickRelease>[0][number]['describe']>[number]
const ready = (release: string): Described => ({ state: 'ready', release })
const down = (release: string | null): Described => ({ state: 'connecting', release })
const set = (...replicas: Described[]) => ({ describe: () => replicas })

test('picks no release if no replica has a label', () => {
  expect(pickRelease([])).toBeNull()
  expect(pickRelease([set(ready(''), ready('')), set(ready(''), down(null))])).toBeNull()
})

test('takes the release that every model has a ready replica of', () => {
  const sets = [set(ready('old'), ready('new')), set(ready('old'), down('new'))]
  expect([0, 0.5, 0.99].map((number) => pickRelease(sets, () => number))).toEqual(['old', 'old', 'old'])
})

test('a replica without a label goes with every release', () => {
  expect(pickRelease([set(ready('new')), set(ready(''))], () => 0)).toBe('new')
})

test('the model with the fewest replicas of a release gives its weight', () => {
  const sets = [
    set(ready('new'), ready('old'), ready('old'), ready('old')),
    set(ready('new'), ready('new'), ready('old'), ready('old'), ready('old')),
  ]
  const drawn = Array.from({ length: 8 }, (_, i) => pickRelease(sets, () => (i + 0.5) / 8))
  expect(drawn.filter((release) => release === 'new')).toHaveLength(2)
  expect(drawn.filter((release) => release === 'old')).toHaveLength(6)
})

test('if no release is complete, takes the one that most models are ready for', () => {
  const sets = [set(ready('old')), set(down('old'), ready('new')), set(ready('old'))]
  expect(pickRelease(sets, () => 0)).toBe('old')
  expect(pickRelease([set(down('only')), set(down(null))], () => 0)).toBe('only')
})
