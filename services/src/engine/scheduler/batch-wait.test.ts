import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Peers } from './batch-wait.js'

async function waitedMs(peers: Peers): Promise<number> {
  const startedMs = performance.now()
  await peers.wait()
  return performance.now() - startedMs
}

test('the wait ends once all have come', async () => {
  const peers = new Peers()
  peers.expect(['a', 'b'], 1e6)
  const wait = peers.wait()
  let isOver = false
  void wait.then(() => {
    isOver = true
  })
  peers.arrived(['b', 'c'])
  await null
  await null
  expect(isOver).toBe(false)
  peers.arrived(['a'])
  await wait
})

test('it is bounded by a part of the last run, counted from the first step that is there', async () => {
  const peers = new Peers()
  peers.expect(['a', 'b'], 100)
  await delay(25)
  const waited = await waitedMs(peers)
  expect(waited).toBeGreaterThan(40)
  expect(waited).toBeLessThan(100)
  // Too short for a timer.
  const other = new Peers()
  other.expect(['a', 'b'], 1)
  expect(await waitedMs(other)).toBeLessThan(10)
})

test('who did not come is not waited for again', async () => {
  const peers = new Peers()
  peers.expect(['a'], 100)
  await peers.wait()
  expect(await waitedMs(peers)).toBeLessThan(10)
})

test('nobody is waited for where all have come before', async () => {
  const peers = new Peers()
  peers.expect(['a'], 1e6)
  peers.arrived(['a'])
  await peers.wait()
})

test('waits in vain become rare, until one is not', async () => {
  const peers = new Peers()
  const round = async () => {
    peers.expect(['a', 'b'], 100)
    return (await waitedMs(peers)) > 10
  }
  const waits = []
  for (let i = 0; i < 9; i++) waits.push(await round())
  expect(waits).toEqual([true, false, true, false, false, true, false, false, false])
  expect(await round()).toBe(false)
  peers.expect(['a', 'b'], 100)
  const wait = peers.wait()
  peers.arrived(['a'])
  await wait
  const after = []
  for (let i = 0; i < 3; i++) after.push(await round())
  expect(after).toEqual([true, false, true])
})
