import { expect, test } from 'vitest'
import { LookupLength } from './lookup-length.js'

test('grows with hits, becomes 0 after misses and recovers after skipped positions', () => {
  const length = new LookupLength()
  expect(length.value).toBeGreaterThan(0)
  for (let i = 0; i < 10; i++) length.record(7, false)
  expect(length.value).toBe(15)
  for (let i = 0; i < 30; i++) length.record(0, true)
  expect(length.value).toBe(0)
  for (let i = 0; i < 500; i++) length.recordSkip()
  expect(length.value).toBeGreaterThan(0)
})
