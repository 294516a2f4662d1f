import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { BatchWait } from './batch-wait.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Waits, and returns how long that takes by the fake clock, in milliseconds. */
async function waitedMs(batchWait: BatchWait): Promise<number> {
  const startedMs = Date.now()
  const wait = batchWait.wait()
  await vi.runAllTimersAsync()
  await wait
  return Date.now() - startedMs
}

test('ends the wait once all sessions have come', async () => {
  const batchWait = new BatchWait()
  batchWait.expect(['a', 'b'], 1e6)
  const wait = batchWait.wait()
  let isOver = false
  void wait.then(() => {
    isOver = true
  })
  batchWait.arrived(['b', 'c'])
  await null
  await null
  expect(isOver).toBe(false)
  batchWait.arrived(['a'])
  await wait
})

test('waits for at most a part of the last run, counted from the first step', async () => {
  const batchWait = new BatchWait()
  batchWait.expect(['a', 'b'], 100)
  await vi.advanceTimersByTimeAsync(25)
  expect(await waitedMs(batchWait)).toBe(60)
  // This limit is too short for a timer.
  const other = new BatchWait()
  other.expect(['a', 'b'], 1)
  expect(await waitedMs(other)).toBe(0)
})

test('does not wait a second time for a session that did not come', async () => {
  const batchWait = new BatchWait()
  batchWait.expect(['a'], 100)
  expect(await waitedMs(batchWait)).toBe(60)
  expect(await waitedMs(batchWait)).toBe(0)
})

test('does not wait if all sessions have already come', async () => {
  const batchWait = new BatchWait()
  batchWait.expect(['a'], 1e6)
  batchWait.arrived(['a'])
  await batchWait.wait()
})

test('waits less often after waits that brought no session, until one brings a session', async () => {
  const batchWait = new BatchWait()
  const round = async () => {
    batchWait.expect(['a', 'b'], 100)
    return (await waitedMs(batchWait)) > 0
  }
  const waits = []
  for (let i = 0; i < 9; i++) waits.push(await round())
  expect(waits).toEqual([true, false, true, false, false, true, false, false, false])
  expect(await round()).toBe(false)
  batchWait.expect(['a', 'b'], 100)
  const wait = batchWait.wait()
  batchWait.arrived(['a'])
  await vi.runAllTimersAsync()
  await wait
  const after = []
  for (let i = 0; i < 3; i++) after.push(await round())
  expect(after).toEqual([true, false, true])
})
