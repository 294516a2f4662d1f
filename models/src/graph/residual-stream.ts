import type { Value } from '../onnx/graph-builder.js'
import type { Decoder } from './decoder.js'
import { rmsNorm, skipRmsNorm } from './norm.js'

/** What the layers of a decoder add to, float32 [N, H]. A sum waits for the norm that reads it: both are one operator. */
export class ResidualStream {
  #sum: Value
  #added: Value | null = null

  constructor(
    private readonly decoder: Decoder,
    start: Value,
  ) {
    this.#sum = start
  }

  /** The stream as it stands. */
  get value(): Value {
    if (this.#added !== null) this.#sum = this.decoder.graph.node('Add', [this.#sum, this.#added])
    this.#added = null
    return this.#sum
  }

  add(update: Value): void {
    this.#sum = this.value
    this.#added = update
  }

  /** The stream's RMS norm, times the weight under `${name}.weight`. */
  normalised(name: string): Value {
    const { decoder } = this
    const size = decoder.config.hiddenSize
    if (this.#added === null) return rmsNorm(decoder, name, this.#sum, size)
    const { sum, normalised } = skipRmsNorm(decoder, name, this.#sum, this.#added, size)
    this.#sum = sum
    this.#added = null
    return normalised
  }
}
