import type { GraphBuilder, Value } from '../onnx/graph-builder.js'
import { type BlockMatrix, blockBytes, blocksPerRow } from '../weights/blocks.js'
import { blockSize } from '../weights/dequantize.js'
import { blockInitializers } from './storage.js'

/** The arithmetic of MatMulNBits: float32, or activations rounded to int8 per block. */
const accuracyLevels = { float: 1, int8: 4 } as const

/**
 * Computes x W^T for w = scale * (q - middle): float32 [..., rows] of x [..., whole blocks].
 * `correction.ts` adds the offsets.
 */
export function matMulNBits(
  graph: GraphBuilder,
  x: Value,
  blocks: BlockMatrix,
  accuracy: keyof typeof accuracyLevels,
): Value {
  const perRow = blocksPerRow(blocks.columns)
  const shape = [blocks.rows, perRow, blockBytes(blocks.bits)]
  const { quants, scales } = storeBlocks(graph, blocks, shape)
  // A tied embedding is stored in the shape of GatherBlockQuantized, which differs.
  const isCube = graph.initializers.get(quants)?.shape.length === shape.length
  const cube = isCube ? quants : graph.node('Reshape', [quants, graph.ints(shape)])
  return graph.node('MatMulNBits', [x, cube, scales], {
    domain: 'com.microsoft',
    attributes: {
      K: perRow * blockSize,
      N: blocks.rows,
      bits: blocks.bits,
      block_size: blockSize,
      accuracy_level: accuracyLevels[accuracy],
    },
  })
}

/** Stores the numbers and scales of a block matrix once and returns their names. */
export function storeBlocks(graph: GraphBuilder, blocks: BlockMatrix, quantShape: readonly number[]) {
  const parts = blockInitializers(blocks)
  return {
    quants: graph.initializer(`${blocks.name}.quants`, { ...parts.quants, shape: quantShape }),
    scales: graph.initializer(`${blocks.name}.scales`, parts.scales),
  }
}
