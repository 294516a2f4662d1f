import type { StoredType } from '../source.js'

/** Number of weights in one block of the Q types. */
export const blockSize = 32

/** Bytes of one block, or of one number for the float types. */
export const storedBytes: Readonly<Record<StoredType, number>> = {
  F32: 4,
  F16: 2,
  BF16: 2,
  Q8_0: 2 + blockSize,
  Q4_0: 2 + blockSize / 2,
  Q4_1: 4 + blockSize / 2,
}

/** Creates a table of the float32 value of every 16-bit IEEE half. */
const createHalfTable = () =>
  Float32Array.from({ length: 65536 }, (_, bits) => {
    const sign = bits & 0x8000 ? -1 : 1
    const exponent = (bits >> 10) & 31
    const fraction = bits & 1023
    if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25)
  })

/** Created at the first use: it takes some 20 ms, and most processes need none. */
let halfTable: Float32Array | undefined

/** Returns the float32 value of the bits of a half. */
export function halfToFloat(bits: number): number {
  halfTable ??= createHalfTable()
  return halfTable[bits] ?? Number.NaN
}

/**
 * Returns the bits of the nearest half of each number, ties to even. Numbers from 65520 on become
 * infinity.
 */
export function floatsToHalves(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const out = new Uint16Array(values.length)
  for (let i = 0; i < out.length; i++) out[i] = halfBits(bits[i] ?? 0, values[i] ?? 0)
  return out
}

/** Returns the half of one float32, which is given as bits and as a number. */
function halfBits(bits: number, value: number): number {
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fffffff
  if (magnitude > 0x7f800000) return 0x7e00
  if (magnitude >= 0x47800000) return sign | 0x7c00
  if (magnitude < 0x38800000) return sign | roundHalfEven(Math.abs(value) * 2 ** 24)
  // The bias of the exponent changes from 127 to 15 and 13 fraction bits are rounded. A carry moves
  // into the exponent.
  const rebiased = magnitude - ((127 - 15) << 23)
  return sign | ((rebiased + 0xfff + ((rebiased >>> 13) & 1)) >>> 13)
}

function roundHalfEven(x: number): number {
  const floor = Math.floor(x)
  const rest = x - floor
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor
}

/** Converts stored little-endian bytes, which are whole blocks of the type, to float32. */
export function dequantize(type: StoredType, bytes: Uint8Array): Float32Array {
  return readers[type](new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength))
}

const readers: Readonly<Record<StoredType, (view: DataView) => Float32Array>> = {
  F32: readFloats,
  F16: (view) => readEach(view, 2, (at) => halfAt(view, at)),
  BF16: readBrainFloats,
  Q8_0: (view) =>
    readBlocks(view, 'Q8_0', (at, out) => {
      const scale = halfAt(view, at)
      for (let i = 0; i < blockSize; i++) out[i] = scale * view.getInt8(at + 2 + i)
    }),
  Q4_0: (view) =>
    readBlocks(view, 'Q4_0', (at, out) => {
      const scale = halfAt(view, at)
      for (let i = 0; i < blockSize; i++) out[i] = scale * (nibbleAt(view, at + 2, i) - 8)
    }),
  Q4_1: (view) =>
    readBlocks(view, 'Q4_1', (at, out) => {
      const scale = halfAt(view, at)
      const minimum = halfAt(view, at + 2)
      for (let i = 0; i < blockSize; i++) out[i] = Math.fround(scale * nibbleAt(view, at + 4, i)) + minimum
    }),
}

/** Returns the float32 value of the half at a byte offset. */
export const halfAt = (view: DataView, at: number): number => halfToFloat(view.getUint16(at, true))

/**
 * Returns number i of a 4-bit block: byte j holds number j in its low half and number j + 16 in its
 * high half.
 */
export function nibbleAt(view: DataView, at: number, i: number): number {
  const half = blockSize / 2
  return i < half ? view.getUint8(at + i) & 15 : view.getUint8(at + i - half) >> 4
}

/**
 * Copies, because stored bytes can have any offset. Every platform of onnxruntime is little-endian.
 */
function readFloats({ buffer, byteOffset, byteLength }: DataView): Float32Array {
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength))
}

function readEach(view: DataView, bytes: number, read: (at: number) => number): Float32Array {
  const out = new Float32Array(view.byteLength / bytes)
  for (let i = 0; i < out.length; i++) out[i] = read(i * bytes)
  return out
}

/** Converts bfloat16, which is the upper half of a float32. */
function readBrainFloats(view: DataView): Float32Array {
  const bits = new Uint32Array(view.byteLength / 2)
  for (let i = 0; i < bits.length; i++) bits[i] = view.getUint16(i * 2, true) << 16
  return new Float32Array(bits.buffer)
}

function readBlocks(view: DataView, type: StoredType, read: (at: number, out: Float32Array) => void): Float32Array {
  const blocks = view.byteLength / storedBytes[type]
  const out = new Float32Array(blocks * blockSize)
  for (let block = 0; block < blocks; block++)
    read(block * storedBytes[type], out.subarray(block * blockSize, (block + 1) * blockSize))
  return out
}
