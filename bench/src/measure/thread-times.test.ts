import { pbkdf2Sync } from 'node:crypto'
import { expect, it } from 'vitest'
import { readThreadTimes, timeBetween } from './thread-times.js'

it('separates the event loop, the busiest thread and the others, including new threads', () => {
  const before = new Map([
    [7, 10],
    [8, 100],
    [9, 1],
  ])
  const after = new Map([
    [7, 12],
    [8, 130],
    [9, 1.5],
    [10, 0.25],
  ])
  expect(timeBetween(7, before, after)).toEqual({ mainMs: 2, busiestMs: 30, othersMs: 0.75 })
})

it.runIf(process.platform === 'linux')('reads the times of a process', async () => {
  const before = await readThreadTimes(process.pid)
  pbkdf2Sync('some', 'work', 20_000, 32, 'sha256')
  const { mainMs } = timeBetween(process.pid, before, await readThreadTimes(process.pid))
  expect(before.has(process.pid)).toBe(true)
  expect(mainMs).toBeGreaterThan(0)
})
