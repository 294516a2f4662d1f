import type { Value } from '../onnx/graph-builder.js'
import type { Decoder } from './decoder.js'
import { rmsNorm, skipRmsNorm } from './norm.js'

/**
 * The residual stream of a decoder, float32 [N, H]. A sum is delayed until the next norm, so that
 * both are one operator.
 */
export class ResidualStream {
  private sum: Value
  private added: Value | null = null

  constructor(
    private readonly decoder: Decoder,
    start: Value,
  ) {
    this.sum = start
  }

  /** The current value of the stream. */
  get value(): Value {
    if (this.added !== null) this.sum = this.decoder.graph.node('Add', [this.sum, this.added])
    this.added = null
    return this.sum
  }

  /** Adds the output of a layer. */
  add(update: Value): void {
    this.sum = this.value
    this.added = update
  }

  /** Computes the RMS norm of the stream, times the weight of the tensor `${name}.weight`. */
  normalised(name: string): Value {
    const { decoder } = this
    const size = decoder.config.hiddenSize
    if (this.added === null) return rmsNorm(decoder, name, this.sum, size)
    const { sum, normalised } = skipRmsNorm(decoder, name, this.sum, this.added, size)
    this.sum = sum
    this.added = null
    return normalised
  }
}
