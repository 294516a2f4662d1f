import { expect, test, vi } from 'vitest'
import { createRandom, drawInterval } from '../measure/random.js'
import { sendAll } from './arrivals.js'

const signal = new AbortController().signal

test('intervals are exponential with the mean of the rate, and the same for the same seed', () => {
  const draw = (seed: number) => {
    const random = createRandom(seed)
    return Array.from({ length: 20_000 }, () => drawInterval(random, 10))
  }
  const intervals = draw(1)
  expect(intervals).toEqual(draw(1))
  expect(intervals).not.toEqual(draw(2))
  const mean = intervals.reduce((sum, value) => sum + value, 0) / intervals.length
  expect(Math.abs(mean - 100)).toBeLessThan(3)
  // Of an exponential distribution, 1 - 1/e lies below the mean.
  const below = intervals.filter((value) => value < 100).length / intervals.length
  expect(Math.abs(below - (1 - Math.exp(-1)))).toBeLessThan(0.02)
})

test('closed: each client waits for its answer; no more requests are open than clients', async () => {
  let open = 0
  let most = 0
  let sent = 0
  const end = new AbortController()
  const send = async () => {
    most = Math.max(most, ++open)
    if (++sent === 50) end.abort()
    await new Promise((resolve) => setTimeout(resolve, 1))
    open--
  }
  const arrivals = { type: 'closed', clients: 3, rampMs: 0 } as const
  expect(await sendAll(arrivals, send, 600_000, createRandom(1), end.signal)).toEqual([])
  expect(most).toBe(3)
  expect(sent).toBeGreaterThan(3)
})

test('closed: no client sends a request after the time', async () => {
  const send = vi.fn(async () => undefined)
  const arrivals = { type: 'closed', clients: 3, rampMs: 0 } as const
  expect(await sendAll(arrivals, send, 0, createRandom(1), signal)).toEqual([])
  expect(send).not.toHaveBeenCalled()
})

test('open: arrivals do not wait for answers; those above the limit are dropped', async () => {
  let answer = () => {}
  const answered = new Promise<void>((resolve) => {
    answer = resolve
  })
  let sent = 0
  const send = () => {
    if (++sent === 4) answer()
    return answered
  }
  const arrivals = { type: 'open', perSecond: 1_000_000, maxOpen: 4 } as const
  const dropped = await sendAll(arrivals, send, 5, createRandom(1), signal)
  expect(sent).toBeGreaterThanOrEqual(4)
  expect(dropped.length).toBeGreaterThan(0)
})
