import type { KeyValueShape } from './kv-cache.js'
import { letGo } from './release-buffers.js'

/** Room for keys and values of a batch: for each layer two float32 buffers of rows [KVH, D], dealt into [slots, B, KVH, D] by who uses them. */
export class BatchBuffers {
  /** A row is one token of one session, in all layers. */
  rows = 0
  readonly rowBytes: number
  /** Floats of one token's keys of one session in a layer. */
  readonly stride: number
  private readonly keys: Float32Array<ArrayBuffer>[]
  private readonly values: Float32Array<ArrayBuffer>[]

  constructor(private readonly shape: KeyValueShape) {
    this.stride = shape.keyValueHeads * shape.headSize
    this.rowBytes = shape.layers * 2 * this.stride * Float32Array.BYTES_PER_ELEMENT
    this.keys = Array.from({ length: shape.layers }, () => new Float32Array(0))
    this.values = Array.from({ length: shape.layers }, () => new Float32Array(0))
  }

  /** The first rows, a view: valid until the buffers grow. */
  keyPrefix(layer: number, rows: number): Float32Array {
    return this.buffer(this.keys, layer).subarray(0, rows * this.stride)
  }

  valuePrefix(layer: number, rows: number): Float32Array {
    return this.buffer(this.values, layer).subarray(0, rows * this.stride)
  }

  /** @param key float32 [KVH, D] */
  write(layer: number, row: number, key: Float32Array, value: Float32Array): void {
    this.buffer(this.keys, layer).set(key, row * this.stride)
    this.buffer(this.values, layer).set(value, row * this.stride)
  }

  /** Makes room for `rows`, and a quarter more up to `mostRows`; keeps what is held. */
  grow(rows: number, mostRows: number): void {
    if (rows > this.rows) this.allocate(Math.min(mostRows, Math.ceil(rows * 1.25)), true)
  }

  /** Room for `rows` whose content does not matter yet; a buffer four times too large is given back. */
  renew(rows: number, mostRows: number): void {
    if (rows > this.rows || this.rows > 4 * rows) this.allocate(Math.min(mostRows, Math.ceil(rows * 1.25)), false)
  }

  /** One buffer after another, so that no more than one is held twice at any time. */
  private allocate(rows: number, keeps: boolean): void {
    for (const buffers of [this.keys, this.values])
      buffers.forEach((held, layer) => {
        if (!keeps) letGo([held])
        const buffer = new Float32Array(rows * this.stride)
        if (keeps) {
          buffer.set(held)
          letGo([held])
        }
        buffers[layer] = buffer
      })
    this.rows = rows
  }

  private buffer(buffers: Float32Array[], layer: number): Float32Array {
    const buffer = buffers[layer]
    if (buffer === undefined) throw new RangeError(`layer ${layer} of a batch with ${this.shape.layers} layers`)
    return buffer
  }
}
