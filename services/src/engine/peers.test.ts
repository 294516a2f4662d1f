import { expect, test } from 'vitest'
import { Peers } from './peers.js'

async function waitedMs(peers: Peers): Promise<number> {
  const startedMs = performance.now()
  await peers.wait()
  return performance.now() - startedMs
}

test('the wait ends once all have come', async () => {
  const peers = new Peers(() => 0)
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

test('it is bounded by a tenth of the last run, and by its time', async () => {
  let nowMs = 0
  const peers = new Peers(() => nowMs)
  peers.expect(['a'], 20)
  nowMs = 1.5
  expect(await waitedMs(peers)).toBeLessThan(1)
  peers.expect(['a'], 20)
  expect(await waitedMs(peers)).toBeGreaterThan(1)
})

test('who did not come is not waited for again', async () => {
  const peers = new Peers(() => 0)
  peers.expect(['a'], 20)
  await peers.wait()
  expect(await waitedMs(peers)).toBeLessThan(1)
})

test('nobody is waited for where all have come before', async () => {
  const peers = new Peers(() => 0)
  peers.expect(['a'], 1e6)
  peers.arrived(['a'])
  await peers.wait()
})
