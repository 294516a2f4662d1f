import { expect, test } from 'vitest'
import { DraftDepth } from './draft-depth.js'

test('drafts only if the leading model is nearly always right', () => {
  const depth = new DraftDepth()
  expect(depth.value).toBe(1)
  // As in the embedded pair: two of three positions are open, and AAD picks the DPO model's first
  // choice in fewer than half of them.
  for (let i = 0; i < 300; i++) depth.record(i % 3 > 0, i % 2 === 0)
  expect(depth.value).toBe(1)
  for (let i = 0; i < 300; i++) depth.record(i % 3 > 0, true)
  expect(depth.value).toBeGreaterThan(2)
})
