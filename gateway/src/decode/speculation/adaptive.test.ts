import { expect, test } from 'vitest'
import { DraftDepth } from './draft-depth.js'
import { LookupLength } from './lookup-length.js'

test('lookups grow with hits, stop with misses and come back after a rest', () => {
  const length = new LookupLength()
  expect(length.value).toBeGreaterThan(0)
  for (let i = 0; i < 10; i++) length.record(7, false)
  expect(length.value).toBe(15)
  for (let i = 0; i < 30; i++) length.record(0, true)
  expect(length.value).toBe(0)
  for (let i = 0; i < 500; i++) length.rest()
  expect(length.value).toBeGreaterThan(0)
})

test('drafts are made only where the leader is nearly always right', () => {
  const depth = new DraftDepth()
  expect(depth.value).toBe(1)
  // The embedded pair: a choice at two places of three, and AAD takes the DPO model's own in fewer than half of them.
  for (let i = 0; i < 300; i++) depth.record(i % 3 > 0, i % 2 === 0)
  expect(depth.value).toBe(1)
  for (let i = 0; i < 300; i++) depth.record(i % 3 > 0, true)
  expect(depth.value).toBeGreaterThan(2)
})
