import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TokenBucket } from './token-bucket.js'

const events = fc.array(fc.tuple(fc.nat(20_000), fc.integer({ min: 1, max: 50 })), { minLength: 1, maxLength: 60 })
const perMinute = fc.integer({ min: 1, max: 600 })

test('lets no more through than a full bucket and what flows in', () => {
  fc.assert(
    fc.property(perMinute, events, (limit, gaps) => {
      const bucket = new TokenBucket(limit, 0)
      let now = 0
      let taken = 0
      for (const [gap, amount] of gaps) {
        now += gap
        if (amount > limit || bucket.waitMs(amount, now) > 0) continue
        bucket.take(amount, now)
        taken += amount
        expect(taken).toBeLessThanOrEqual(limit + (now * limit) / 60_000 + 1e-6)
      }
    }),
  )
})

test('a request that waits as long as it is told is let through, and not before', () => {
  fc.assert(
    fc.property(perMinute, events, (limit, gaps) => {
      const bucket = new TokenBucket(limit, 0)
      let now = 0
      for (const [gap, amount] of gaps) {
        now += gap
        const waitMs = bucket.waitMs(amount, now)
        expect(bucket.waitMs(amount, now + waitMs)).toBeLessThan(1e-3)
        if (waitMs > 1) expect(bucket.waitMs(amount, now + waitMs - 1)).toBeGreaterThan(0)
        bucket.take(amount, now)
      }
    }),
  )
})

test('holds at most its size, also after a refund or a clock that steps back', () => {
  const bucket = new TokenBucket(60, 1000)
  bucket.take(-30, 1000)
  expect(bucket.levelAt(1_000_000)).toBe(60)
  bucket.take(50, 2000)
  expect(bucket.levelAt(1000)).toBe(10)
})

test('pays a debt by waiting', () => {
  const bucket = new TokenBucket(60, 0)
  bucket.take(180, 0)
  expect(bucket.levelAt(0)).toBe(-120)
  expect(bucket.waitMs(1, 0)).toBe(121_000)
  expect(bucket.resize(600, 0).levelAt(0)).toBe(420)
})
