import type { Value } from '../onnx/graph-builder.js'
import type { BlockMatrix } from '../weights/blocks.js'
import type { Decoder } from './decoder.js'
import type { LinearInput } from './linear-input.js'
import { matMulNBits } from './mat-mul-n-bits.js'

/**
 * Computes x W^T for a block matrix without its offsets, with the activations that the decoder asks
 * for.
 */
export function multiplyBlocks({ graph, activations }: Decoder, input: LinearInput, blocks: BlockMatrix): Value {
  if (activations === 'once') return matMulNBits(graph, input.padded, blocks, 'int8')
  if (activations === 'float' && blocks.bits === 4) return matMulNBits(graph, input.padded, blocks, 'float')
  const both = matMulNBits(graph, input.doubled(blocks.bits), blocks, 'int8')
  return graph.node('Add', graph.halve(both, 0))
}
