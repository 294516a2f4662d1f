import { endianness } from 'node:os'

if (endianness() !== 'LE')
  throw new Error('Tandem sends little-endian arrays as they lie in memory; this machine is big-endian.')

/** The bytes of an array, without a copy: keep the array unchanged until they are sent. */
export function toBytes(array: Float32Array | Uint32Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength)
}

/** @throws RangeError where the length is no multiple of 4 */
export function toFloat32Array(bytes: Uint8Array): Float32Array {
  return new Float32Array(...wordsOf(bytes))
}

/** @throws RangeError where the length is no multiple of 4 */
export function toUint32Array(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(...wordsOf(bytes))
}

/** A view where the bytes lie aligned, a copy where they do not (a slice of a received message often does not). */
function wordsOf(bytes: Uint8Array): [ArrayBuffer, number, number] {
  if (bytes.byteLength % 4 !== 0) throw new RangeError(`expected whole 4-byte words, found ${bytes.byteLength} bytes`)
  // Not bytes.slice(): a Buffer's slice is a view.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes)
  return [aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.byteLength / 4]
}
