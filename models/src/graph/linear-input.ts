import type { GraphBuilder, Value } from '../onnx/graph-builder.js'
import { blocksPerRow } from '../weights/blocks.js'
import { blockSize } from '../weights/dequantize.js'

/** The activations that several linear layers multiply by, with the forms that block matrices need made once for all. */
export class LinearInput {
  #padded: Value | undefined
  #doubled: Value | undefined
  #blockSums: Value | undefined
  #blocks: Value | undefined

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
    const missing = blocksPerRow(this.columns) * blockSize - this.columns
    return missing === 0 ? this.value : this.graph.node('Pad', [this.value, this.graph.ints([0, 0, 0, missing])])
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
   * float32 [2, N, K]: the rows x, then their residuals x - Q8(x), where Q8 is the rounding to int8 that onnxruntime's
   * accuracy level 4 applies to a block: s = max |x| / 127, Q8(x) = s * round(x / s). A product with both, summed,
   * has int8's speed and nearly float32's exactness (docs/precision.md).
   */
  get doubled(): Value {
    this.#doubled ??= this.#double()
    return this.#doubled
  }

  #double(): Value {
    const { graph } = this
    const x = this.#inBlocks
    const largest = graph.node('ReduceMax', [graph.node('Abs', [x]), graph.ints([2])], { attributes: { keepdims: 1 } })
    // The smallest normal number keeps a block of zeros from dividing by zero.
    const scale = graph.node('Max', [graph.node('Mul', [largest, graph.float(1 / 127)]), graph.float(2 ** -126)])
    const rounded = graph.node('Mul', [graph.node('Round', [graph.node('Div', [x, scale])]), scale])
    const both = graph.node('Concat', [x, graph.node('Sub', [x, rounded])], { attributes: { axis: 0 } })
    return graph.node('Reshape', [both, graph.ints([2, -1, blocksPerRow(this.columns) * blockSize])])
  }
}
