import type { Value } from '../onnx/graph-builder.js'
import { type BlockMatrix, blockBytes, blocksPerRow } from '../weights/blocks.js'
import { blockSize } from '../weights/dequantize.js'
import type { Decoder } from './decoder.js'
import type { LinearInput } from './linear-input.js'
import { blockInitializers } from './storage.js'

/** int8 activations: onnxruntime's only fast kernels for block weights. */
const accuracyLevel = 4

/** The names under which a block matrix's numbers and scales are stored, for all who use it. */
export function storeBlocks({ graph }: Decoder, blocks: BlockMatrix): { quants: Value; scales: Value } {
  const parts = blockInitializers(blocks)
  return {
    quants: graph.initializer(`${blocks.name}.quants`, parts.quants),
    scales: graph.initializer(`${blocks.name}.scales`, parts.scales),
  }
}

/** x W^T for w = scale * (q - middle): float32 [N, rows]. Offsets are a correction (correction.ts). */
export function multiplyBlocks(decoder: Decoder, input: LinearInput, blocks: BlockMatrix): Value {
  const { graph, precision } = decoder
  if (precision === 'fast') return matMulNBits(decoder, input.padded, blocks)
  const both = matMulNBits(decoder, input.doubled, blocks)
  return graph.node('ReduceSum', [both, graph.ints([0])], { attributes: { keepdims: 0 } })
}

function matMulNBits(decoder: Decoder, x: Value, blocks: BlockMatrix): Value {
  const { graph } = decoder
  const { quants, scales } = storeBlocks(decoder, blocks)
  const perRow = blocksPerRow(blocks.columns)
  const shape = graph.ints([blocks.rows, perRow, blockBytes(blocks.bits)])
  return graph.node('MatMulNBits', [x, graph.node('Reshape', [quants, shape]), scales], {
    domain: 'com.microsoft',
    attributes: {
      K: perRow * blockSize,
      N: blocks.rows,
      bits: blocks.bits,
      block_size: blockSize,
      accuracy_level: accuracyLevel,
    },
  })
}
