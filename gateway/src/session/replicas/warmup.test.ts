import { expect, test } from 'vitest'
import { Warmup } from './warmup.js'

test('a warm-up limits nothing until it is restarted', () => {
  const warmup = new Warmup()
  for (let i = 0; i < 1_000; i++) warmup.begin(0)
  expect([warmup.admits(0), warmup.nextSlotMs(0)]).toEqual([true, null])
})

test('lets as many sessions begin as the window has slots, and each first answer makes two more', () => {
  const warmup = new Warmup()
  warmup.restart(2)
  const first = warmup.begin(0)
  warmup.begin(10)
  expect([warmup.admits(20), warmup.nextSlotMs(20)]).toEqual([false, 1_000])
  expect(warmup.answer(first)).toBe(true)
  warmup.begin(30)
  expect(warmup.admits(30)).toBe(true)
  warmup.begin(30)
  expect(warmup.admits(30)).toBe(false)
})

test('a slot is free again after a second, or when its session ends', () => {
  const warmup = new Warmup()
  warmup.restart(1)
  const slot = warmup.begin(0)
  expect([warmup.admits(999), warmup.admits(1_000)]).toEqual([false, true])
  warmup.end(slot)
  const next = warmup.begin(1_000)
  expect(warmup.admits(1_000)).toBe(false)
  warmup.end(next)
  expect(warmup.admits(1_000)).toBe(true)
})

test('a warm-up ends when many sessions have answers', () => {
  const warmup = new Warmup()
  warmup.restart(1)
  for (let i = 0; i < 64; i++) warmup.answer(warmup.begin(0))
  for (let i = 0; i < 1_000; i++) warmup.begin(0)
  expect(warmup.admits(0)).toBe(true)
})
