import type { StoredType } from '../source.js'
import { blockSize, halfAt, nibbleAt, storedBytes } from './dequantize.js'
import type { Matrix } from './matrix.js'

/** Bits per weight. */
export type Bits = 4 | 8

/** Rows of weights w = scale * (q - 2^(bits-1)) + offset, in blocks of 32 along a row. */
export interface Blocks {
  /**
   * [rows, blocks, 32 * bits / 8]: number i of a 4-bit block is in byte i >> 1, even i in the low
   * half (MatMulNBits).
   */
  readonly quants: Uint8Array<ArrayBuffer>
  /** [rows, blocks] */
  readonly scales: Float32Array<ArrayBuffer>
  /** [rows, blocks]; all zero for a symmetric grid. */
  readonly offsets: Float32Array<ArrayBuffer>
}

/** A matrix in blocks, for MatMulNBits. The last block of a row is padded with zeros. */
export interface BlockMatrix {
  readonly name: string
  readonly bits: Bits
  readonly rows: number
  readonly columns: number
  /** Whether any offset is not zero. */
  readonly hasOffsets: boolean
  readBlocks(start: number, end: number): Promise<Blocks>
}

/** Number of blocks in a row. */
export const blocksPerRow = (columns: number) => Math.ceil(columns / blockSize)
/** Bytes of the numbers of one block. */
export const blockBytes = (bits: Bits) => (blockSize * bits) / 8

function createBlocks(count: number, bits: Bits): Blocks {
  return {
    quants: new Uint8Array(count * blockBytes(bits)),
    scales: new Float32Array(count),
    offsets: new Float32Array(count),
  }
}

type GridType = Extract<StoredType, `Q${string}`>
const grids: Readonly<Record<GridType, { bits: Bits; hasOffsets: boolean }>> = {
  Q8_0: { bits: 8, hasOffsets: false },
  Q4_0: { bits: 4, hasOffsets: false },
  Q4_1: { bits: 4, hasOffsets: true },
}

/** Returns whether a type is one of GGUF's block types. */
export const isGridType = (type: StoredType): type is GridType => type in grids

/** Returns a GGUF matrix on its own grid: the same numbers in the layout of MatMulNBits. */
export function gridMatrix(matrix: Matrix, type: GridType): BlockMatrix {
  return {
    ...grids[type],
    name: matrix.name,
    rows: matrix.rows,
    columns: matrix.columns,
    readBlocks: async (start, end) => relayBlocks(type, await matrix.readStored(start, end)),
  }
}

function relayBlocks(type: GridType, bytes: Uint8Array): Blocks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { bits, hasOffsets } = grids[type]
  const count = bytes.byteLength / storedBytes[type]
  const blocks = createBlocks(count, bits)
  const numbers = new Uint8Array(blockSize)
  for (let block = 0; block < count; block++) {
    const at = block * storedBytes[type]
    const scale = halfAt(view, at)
    blocks.scales[block] = scale
    // Q4_1 is w = scale * q + minimum, here scale * (q - 8) + offset.
    if (hasOffsets) blocks.offsets[block] = halfAt(view, at + 2) + 8 * scale
    const first = at + (hasOffsets ? 4 : 2)
    if (bits === 8) for (let i = 0; i < blockSize; i++) numbers[i] = view.getInt8(first + i) + 128
    else for (let i = 0; i < blockSize; i++) numbers[i] = nibbleAt(view, first, i)
    packBlock(blocks.quants, bits, block, numbers)
  }
  return blocks
}

function packBlock(quants: Uint8Array, bits: Bits, block: number, numbers: Uint8Array): void {
  const at = block * blockBytes(bits)
  if (bits === 8) quants.set(numbers, at)
  else for (let i = 0; i < blockSize; i += 2) quants[at + i / 2] = (numbers[i] ?? 0) | ((numbers[i + 1] ?? 0) << 4)
}

/** Returns the identity matrix of one block. */
export const identityMatrix = (bits: Bits): BlockMatrix => ({
  name: `identity.${bits}`,
  bits,
  rows: blockSize,
  columns: blockSize,
  hasOffsets: false,
  readBlocks: async (start, end) => identityRows(start, end, bits),
})

function identityRows(start: number, end: number, bits: Bits): Blocks {
  const blocks = createBlocks(end - start, bits)
  const middle = 1 << (bits - 1)
  for (let row = start; row < end; row++) {
    const numbers = new Uint8Array(blockSize).fill(middle)
    numbers[row] = middle + 1
    packBlock(blocks.quants, bits, row - start, numbers)
  }
  blocks.scales.fill(1)
  return blocks
}

/** Returns a matrix rounded to a symmetric grid with one scale per block of 32. */
export function roundedMatrix(matrix: Matrix, bits: Bits): BlockMatrix {
  return {
    name: matrix.name,
    bits,
    rows: matrix.rows,
    columns: matrix.columns,
    hasOffsets: false,
    readBlocks: async (start, end) => roundRows(await matrix.readFloats(start, end), matrix.columns, bits),
  }
}

/**
 * Rounds float32 rows to blocks. The number of the largest magnitude is exact: it becomes -8 (4
 * bits, whose grid reaches from -8 to 7, so the scale may be negative) or +-127 (8 bits).
 */
export function roundRows(rows: Float32Array, columns: number, bits: Bits): Blocks {
  const perRow = blocksPerRow(columns)
  const rowCount = rows.length / columns
  const blocks = createBlocks(rowCount * perRow, bits)
  const numbers = new Float32Array(blockSize)
  const rounded = new Uint8Array(blockSize)
  for (let row = 0; row < rowCount; row++)
    for (let b = 0; b < perRow; b++) {
      const column = b * blockSize
      for (let i = 0; i < blockSize; i++)
        numbers[i] = column + i < columns ? (rows[row * columns + column + i] ?? 0) : 0
      const block = row * perRow + b
      const scale = blockScale(numbers, bits)
      blocks.scales[block] = scale
      quantize(numbers, scale, bits, rounded)
      packBlock(blocks.quants, bits, block, rounded)
    }
  return blocks
}

function blockScale(numbers: Float32Array, bits: Bits): number {
  let extreme = 0
  for (let i = 0; i < blockSize; i++) {
    const x = numbers[i] ?? 0
    if (Math.abs(x) > Math.abs(extreme)) extreme = x
  }
  return Math.fround(bits === 8 ? Math.abs(extreme) / 127 : extreme / -8)
}

function quantize(numbers: Float32Array, scale: number, bits: Bits, out: Uint8Array): void {
  const middle = 1 << (bits - 1)
  const largest = 2 * middle - 1
  for (let i = 0; i < blockSize; i++) {
    const q = scale === 0 ? middle : Math.floor((numbers[i] ?? 0) / scale + 0.5) + middle
    out[i] = q < 0 ? 0 : q > largest ? largest : q
  }
}
