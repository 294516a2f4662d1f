import type { GraphBuilder, Value } from '../onnx/graph-builder.js'
import { type Bits, blocksPerRow, identityMatrix } from '../weights/blocks.js'
import { blockSize } from '../weights/dequantize.js'
import { matMulNBits } from './mat-mul-n-bits.js'

/** The activations that several linear layers multiply by, with the forms that block matrices need made once for all. */
export class LinearInput {
  #padded: Value | undefined
  #blocks: Value | undefined
  #blockSums: Value | undefined
  readonly #doubled = new Map<Bits, Value>()

  constructor(
    private readonly graph: GraphBuilder,
    /** float32 [N, K] */
    readonly value: Value,
    readonly columns: number,
  ) {}

  /** float32 [N, K filled up with zeros to whole blocks] */
  get padded(): Value {
    this.#padded ??= this.#pad()
    return this.#padded
  }

  #pad(): Value {
    const missing = this.#width - this.columns
    return missing === 0 ? this.value : this.graph.node('Pad', [this.value, this.graph.ints([0, 0, 0, missing])])
  }

  get #width(): number {
    return blocksPerRow(this.columns) * blockSize
  }

  /** float32 [N, K / 32, 32] */
  get #inBlocks(): Value {
    this.#blocks ??= this.graph.node('Reshape', [
      this.padded,
      this.graph.ints([-1, blocksPerRow(this.columns), blockSize]),
    ])
    return this.#blocks
  }

  /** float32 [N, K / 32]: the sum of each block. */
  get blockSums(): Value {
    this.#blockSums ??= this.graph.node('ReduceSum', [this.#inBlocks, this.graph.ints([2])], {
      attributes: { keepdims: 0 },
    })
    return this.#blockSums
  }

  /**
   * float32 [2 N, K]: the rows x, then their residuals x - Q8(x), where Q8 is the rounding to int8 that onnxruntime's
   * accuracy level 4 applies to a block before it multiplies by weights of so many bits. A product with both, summed,
   * has int8's speed and nearly float32's exactness (docs/precision.md).
   */
  doubled(bits: Bits): Value {
    const known = this.#doubled.get(bits)
    if (known !== undefined) return known
    const doubled = this.#double(bits)
    this.#doubled.set(bits, doubled)
    return doubled
  }

  #double(bits: Bits): Value {
    const { graph } = this
    const x = this.#inBlocks
    // A product with the identity is what the kernel itself makes of a block, on whatever processor.
    const rounded = matMulNBits(graph, x, identityMatrix(bits), 'int8')
    const both = graph.node('Concat', [x, graph.node('Sub', [x, rounded])], { attributes: { axis: 0 } })
    return graph.node('Reshape', [both, graph.ints([-1, this.#width])])
  }
}
