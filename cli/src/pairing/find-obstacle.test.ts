import { describe, expect, it } from 'vitest'
import { findObstacle, type TrialConditions } from './find-obstacle.js'

const idle: TrialConditions = { load: 0.5, cores: 2, pairBytes: 0.2e9, freeBytes: 8e9 }

describe('findObstacle', () => {
  it.each<[string, Partial<TrialConditions>, string | null]>([
    ['an idle machine', {}, null],
    ['a build before', { load: 4 }, null],
    ['others at work', { load: 4.1 }, 'other programs keep the machine busy: load 4.1 on 2 cores'],
    ['the same on more cores', { load: 4.1, cores: 8 }, null],
    ['memory just enough', { freeBytes: 0.9e9 }, null],
    ['memory short', { pairBytes: 2e9 }, 'a trial takes about 9.0 GB of memory, and 8.0 GB are free'],
  ])('%s', (_name, change, expected) => {
    expect(findObstacle({ ...idle, ...change })).toBe(expected)
  })
})
