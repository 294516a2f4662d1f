import type { Value } from '../onnx/graph-builder.js'
import { type BlockMatrix, blockBytes, blocksPerRow } from '../weights/blocks.js'
import { blockSize } from '../weights/dequantize.js'
import type { Decoder } from './decoder.js'
import type { LinearInput } from './linear-input.js'
import { blockInitializers } from './storage.js'

/** int8 activations: onnxruntime's only fast kernels for block weights. */
const accuracyLevel = 4

/** The names under which a block matrix is stored, for all who use it. */
export function storeBlocks({ graph }: Decoder, blocks: BlockMatrix): { quants: Value; scales: Value; offsets: Value } {
  const parts = blockInitializers(blocks)
  return {
    quants: graph.initializer(`${blocks.name}.quants`, parts.quants),
    scales: graph.initializer(`${blocks.name}.scales`, parts.scales),
    offsets: blocks.hasOffsets ? graph.initializer(`${blocks.name}.offsets`, parts.offsets) : '',
  }
}

/**
 * x W^T for w = scale * (q - middle) + offset: float32 [N, rows]. The offsets need only the sums of x over each block:
 * a float product with 1/32 of the columns.
 */
export function multiplyBlocks(decoder: Decoder, input: LinearInput, blocks: BlockMatrix): Value {
  const { graph } = decoder
  const { quants, scales, offsets } = storeBlocks(decoder, blocks)
  const once = decoder.precision === 'fast'
  const product = matMulNBits(decoder, once ? input.padded : input.doubled, quants, scales, blocks)
  const whole = once ? product : addHalves(decoder, product, blocks.rows)
  if (!blocks.hasOffsets) return whole
  return graph.node('Gemm', [input.blockSums, offsets, whole], { attributes: { transB: 1 } })
}

function matMulNBits({ graph }: Decoder, x: Value, quants: Value, scales: Value, blocks: BlockMatrix): Value {
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

/** [2 N, rows] -> [N, rows]: row n plus row N + n. */
function addHalves({ graph }: Decoder, value: Value, rows: number): Value {
  const pairs = graph.node('Reshape', [value, graph.ints([2, -1, rows])])
  return graph.node('ReduceSum', [pairs, graph.ints([0])], { attributes: { keepdims: 0 } })
}
