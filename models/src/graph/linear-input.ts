import type { GraphBuilder, Value } from '../onnx/graph-builder.js'
import { type Bits, blocksPerRow, identityMatrix } from '../weights/blocks.js'
import { blockSize } from '../weights/dequantize.js'
import { matMulNBits } from './mat-mul-n-bits.js'

/**
 * The activations x of several linear layers. The forms that block matrices need are computed once
 * and shared.
 */
export class LinearInput {
  private cachedPadded: Value | undefined
  private cachedBlocks: Value | undefined
  private cachedBlockSums: Value | undefined
  private readonly cachedDoubled = new Map<Bits, Value>()

  constructor(
    private readonly graph: GraphBuilder,
    /** float32 [N, K] */
    readonly value: Value,
    readonly columns: number,
  ) {}

  /** float32 [N, K padded with zeros to whole blocks] */
  get padded(): Value {
    this.cachedPadded ??= this.pad()
    return this.cachedPadded
  }

  private pad(): Value {
    const missing = this.width - this.columns
    return missing === 0 ? this.value : this.graph.node('Pad', [this.value, this.graph.ints([0, 0, 0, missing])])
  }

  private get width(): number {
    return blocksPerRow(this.columns) * blockSize
  }

  /** float32 [N, K / 32, 32] */
  private get inBlocks(): Value {
    this.cachedBlocks ??= this.graph.node('Reshape', [
      this.padded,
      this.graph.ints([-1, blocksPerRow(this.columns), blockSize]),
    ])
    return this.cachedBlocks
  }

  /** float32 [N, K / 32]: the sums of the blocks. */
  get blockSums(): Value {
    this.cachedBlockSums ??= this.graph.node('ReduceSum', [this.inBlocks, this.graph.ints([2])], {
      attributes: { keepdims: 0 },
    })
    return this.cachedBlockSums
  }

  /**
   * float32 [2 N, K]: the rows x, then their residuals x - Q8(x). Q8 is the rounding to int8 that
   * onnxruntime's accuracy level 4 applies to a block before it multiplies by weights with this
   * number of bits. The sum of both products is almost as exact as float32 at the speed of int8
   * (docs/precision.md).
   */
  doubled(bits: Bits): Value {
    const known = this.cachedDoubled.get(bits)
    if (known !== undefined) return known
    const doubled = this.double(bits)
    this.cachedDoubled.set(bits, doubled)
    return doubled
  }

  private double(bits: Bits): Value {
    const { graph } = this
    const x = this.inBlocks
    // A product with the identity gives the rounding of the kernel itself, on every processor.
    const rounded = matMulNBits(graph, x, identityMatrix(bits), 'int8')
    const both = graph.node('Concat', [x, graph.node('Sub', [x, rounded])], { attributes: { axis: 0 } })
    return graph.node('Reshape', [both, graph.ints([-1, this.width])])
  }
}
