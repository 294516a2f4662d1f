import { expect, test } from 'vitest'
import { Waiters, type WaitLimit } from './waiters.js'

const limit = (changes: Partial<WaitLimit> = {}): WaitLimit => ({
  timeoutMs: 30_000,
  signal: new AbortController().signal,
  errorOf: (end) => new Error(end),
  ...changes,
})

test('an attempt that succeeds does not wait', async () => {
  expect(await new Waiters(0).wait(() => 'now', limit())).toBe('now')
})

test('each wake lets all try, the longest wait first', async () => {
  const waiters = new Waiters(10)
  const order: string[] = []
  let free = 0
  const wait = (name: string) => {
    const attempt = () => {
      if (free-- <= 0) return null
      order.push(name)
      return name
    }
    return waiters.wait(attempt, limit())
  }
  const all = Promise.all([wait('a'), wait('b'), wait('c')])
  free = 2
  waiters.wake()
  expect([order, waiters.count]).toEqual([['a', 'b'], 1])
  free = 1
  waiters.wake()
  expect(await all).toEqual(['a', 'b', 'c'])
})

test('a signal, a time limit and an error of the attempt end a wait', async () => {
  const waiters = new Waiters(10)
  await expect(waiters.wait(() => null, limit({ signal: AbortSignal.abort() }))).rejects.toThrow('abort')
  await expect(waiters.wait(() => null, limit({ signal: AbortSignal.timeout(1) }))).rejects.toThrow('abort')
  await expect(waiters.wait(() => null, limit({ timeoutMs: 1 }))).rejects.toThrow('timeout')
  let isBroken = false
  const attempt = () => {
    if (isBroken) throw new Error('broken')
    return null
  }
  const broken = waiters.wait(attempt, limit())
  isBroken = true
  waiters.wake()
  await expect(broken).rejects.toThrow('broken')
  expect(waiters.count).toBe(0)
})

test('refuses more waits than its limit, and ends all when it closes', async () => {
  const waiters = new Waiters(1)
  const first = waiters.wait(() => null, limit())
  await expect(waiters.wait(() => null, limit())).rejects.toMatchObject({ code: 'exhausted' })
  waiters.close(new Error('closed'))
  await expect(first).rejects.toThrow('closed')
})
