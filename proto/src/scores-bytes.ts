import { endianness } from 'node:os'

if (endianness() !== 'LE')
  throw new Error('this machine is big-endian: Tandem sends arrays as they are in memory, which must be little-endian')

/** Returns the bytes of an array without a copy. Do not change the array before they are sent. */
export function toBytes(array: Float32Array | Uint32Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength)
}

/** Converts received bytes to float32. @throws RangeError if the length is not a multiple of 4 */
export function toFloat32Array(bytes: Uint8Array): Float32Array {
  return new Float32Array(...wordsOf(bytes))
}

/** Converts received bytes to uint32. @throws RangeError if the length is not a multiple of 4 */
export function toUint32Array(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(...wordsOf(bytes))
}

/**
 * Returns a view of aligned bytes and a copy of others. A slice of a received message is often not
 * aligned.
 */
function wordsOf(bytes: Uint8Array): [ArrayBuffer, number, number] {
  if (bytes.byteLength % 4 !== 0) throw new RangeError(`expected whole 4-byte words, found ${bytes.byteLength} bytes`)
  // bytes.slice() would not copy: the slice of a Buffer is a view.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes)
  return [aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.byteLength / 4]
}
