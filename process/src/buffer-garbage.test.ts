import { expect, test } from 'vitest'
import { BufferGarbage } from './buffer-garbage.js'

const size = 1024 * 1024

test('unused buffers are freed after the limit, long before V8 would mark its heap', () => {
  const garbage = new BufferGarbage(4 * size)
  const before = process.memoryUsage().arrayBuffers
  let most = 0
  for (let i = 0; i < 64; i++) {
    new Uint8Array(size).fill(1)
    garbage.add(size)
    most = Math.max(most, process.memoryUsage().arrayBuffers)
  }
  expect(most).toBeLessThan(before + 8 * size)
})

test('buffers that are in use stay', () => {
  const garbage = new BufferGarbage(size)
  const buffers = Array.from({ length: 8 }, (_, i) => new Uint8Array(size).fill(i))
  garbage.add(size)
  expect(buffers.map((buffer) => buffer.at(-1))).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
})
