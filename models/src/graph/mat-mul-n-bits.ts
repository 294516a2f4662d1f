import type { GraphBuilder, Value } from '../onnx/graph-builder.js'
import { type BlockMatrix, blockBytes, blocksPerRow } from '../weights/blocks.js'
import { blockSize } from '../weights/dequantize.js'
import { blockInitializers } from './storage.js'

/** How MatMulNBits multiplies: in float32, or with activations rounded to int8 by blocks. */
const accuracyLevels = { float: 1, int8: 4 } as const

/** x W^T for w = scale * (q - middle): float32 [..., rows], x [..., whole blocks]. Offsets are a correction (correction.ts). */
export function matMulNBits(
  graph: GraphBuilder,
  x: Value,
  blocks: BlockMatrix,
  accuracy: keyof typeof accuracyLevels,
): Value {
  const perRow = blocksPerRow(blocks.columns)
  const shape = [blocks.rows, perRow, blockBytes(blocks.bits)]
  const { quants, scales } = storeBlocks(graph, blocks, shape)
  // A tied embedding is stored as GatherBlockQuantized wants it, and seen in another shape here.
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

/** The names under which a block matrix's numbers and scales are stored, for all who use it. */
export function storeBlocks(graph: GraphBuilder, blocks: BlockMatrix, quantShape: readonly number[]) {
  const parts = blockInitializers(blocks)
  return {
    quants: graph.initializer(`${blocks.name}.quants`, { ...parts.quants, shape: quantShape }),
    scales: graph.initializer(`${blocks.name}.scales`, parts.scales),
  }
}
