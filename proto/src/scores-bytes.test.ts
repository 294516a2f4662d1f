import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toBytes, toFloat32Array, toUint32Array } from './scores-bytes.js'

test('arrays are the same after a transfer, at any alignment of the received bytes', () => {
  fc.assert(
    fc.property(fc.float32Array(), fc.uint32Array(), fc.nat({ max: 7 }), (floats, ids, offset) => {
      const received = (bytes: Uint8Array) => Buffer.concat([Buffer.alloc(offset), bytes]).subarray(offset)
      expect(toFloat32Array(received(toBytes(floats)))).toEqual(floats)
      expect(toUint32Array(received(toBytes(ids)))).toEqual(ids)
    }),
  )
})

test('the bytes are little-endian', () => {
  expect([...toBytes(new Float32Array([1]))]).toEqual([0, 0, 0x80, 0x3f])
  expect([...toBytes(new Uint32Array([258]))]).toEqual([2, 1, 0, 0])
})

test('refuses half a word', () => {
  expect(() => toFloat32Array(Buffer.alloc(6))).toThrow('expected whole 4-byte words, found 6 bytes')
})
