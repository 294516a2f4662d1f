import { describe, expect, it } from 'vitest'
import { findObstacle, type TrialConditions } from './find-obstacle.js'

const idle: TrialConditions = { load: 0.5, cores: 2, pairBytes: 0.2e9, freeBytes: 8e9 }

describe('findObstacle', () => {
  it.each<[string, Partial<TrialConditions>, string | null]>([
    ['nothing on an idle machine', {}, null],
    ['nothing right after a build', { load: 4 }, null],
    ['other programs at work', { load: 4.1 }, 'other programs keep the machine busy: load 4.1 on 2 cores'],
    ['nothing if there are more cores for the same load', { load: 4.1, cores: 8 }, null],
    ['nothing if memory is just enough', { freeBytes: 0.9e9 }, null],
    ['too little memory', { pairBytes: 2e9 }, 'the measurement needs about 9.0 GB of memory, and 8.0 GB are free'],
  ])('finds %s', (_name, change, expected) => {
    expect(findObstacle({ ...idle, ...change })).toBe(expected)
  })
})
