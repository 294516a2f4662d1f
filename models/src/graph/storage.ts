import type { Precision } from '../manifest.js'
import { bytesOf, type Initializer } from '../onnx/graph-builder.js'
import {
  type BlockMatrix,
  type Blocks,
  blockBytes,
  blocksPerRow,
  gridMatrix,
  isGridType,
  roundedMatrix,
} from '../weights/blocks.js'
import { floatsToHalves } from '../weights/dequantize.js'
import { type Matrix, rowRanges } from '../weights/matrix.js'

/**
 * The use of a matrix. The embedding and the output layer lose more than layers do, so `int4` keeps
 * them at 8 bits.
 */
export type MatrixRole = 'layer' | 'vocabulary'

/** How one matrix is stored in the graph. */
export type StoredMatrix =
  | { readonly form: 'float32' | 'float16'; readonly matrix: Matrix }
  | { readonly form: 'blocks'; readonly blocks: BlockMatrix }

/** Decides how a matrix is stored at a precision. */
export function storeMatrix(matrix: Matrix, role: MatrixRole, precision: Precision): StoredMatrix {
  const rounded = (bits: 4 | 8): StoredMatrix => ({ form: 'blocks', blocks: roundedMatrix(matrix, bits) })
  switch (precision) {
    case 'fp32':
      return { form: 'float32', matrix }
    case 'fp16':
      return { form: 'float16', matrix }
    case 'int8':
      return rounded(8)
    case 'int4':
      return rounded(role === 'layer' ? 4 : 8)
    case 'native':
    case 'fast':
      return isGridType(matrix.type)
        ? { form: 'blocks', blocks: gridMatrix(matrix, matrix.type) }
        : { form: matrix.type === 'F16' ? 'float16' : 'float32', matrix }
  }
}

/** A matrix as float32 [rows, columns]. */
export const float32Initializer = (matrix: Matrix): Initializer => ({
  type: 'float32',
  shape: [matrix.rows, matrix.columns],
  async *chunks() {
    for (const range of rowRanges(matrix))
      yield matrix.type === 'F32' ? await matrix.readStored(...range) : bytesOf(await matrix.readFloats(...range))
  },
})

/** A matrix as float16 [rows, columns]. */
export const float16Initializer = (matrix: Matrix): Initializer => ({
  type: 'float16',
  shape: [matrix.rows, matrix.columns],
  async *chunks() {
    for (const range of rowRanges(matrix))
      yield matrix.type === 'F16'
        ? await matrix.readStored(...range)
        : bytesOf(floatsToHalves(await matrix.readFloats(...range)))
  },
})

/**
 * The three parts of a block matrix: uint8 [rows, blocks * bytes], float32 [rows, blocks] twice.
 */
export function blockInitializers(matrix: BlockMatrix): Record<keyof Blocks, Initializer> {
  const perRow = blocksPerRow(matrix.columns)
  const part = (type: 'uint8' | 'float32', width: number, key: keyof Blocks): Initializer => ({
    type,
    shape: [matrix.rows, width],
    async *chunks() {
      for (const range of rowRanges(matrix)) yield bytesOf((await matrix.readBlocks(...range))[key])
    },
  })
  return {
    quants: part('uint8', perRow * blockBytes(matrix.bits), 'quants'),
    scales: part('float32', perRow, 'scales'),
    offsets: part('float32', perRow, 'offsets'),
  }
}
