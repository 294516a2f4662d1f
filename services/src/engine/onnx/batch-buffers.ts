import type { KeyValueShape } from './kv-cache.js'
import { releaseBuffers } from './release-buffers.js'

/**
 * Memory for keys and values of a batch: for each layer two float32 buffers of rows [KVH, D].
 * BatchArena arranges the rows as [slots, B, KVH, D].
 */
export class BatchBuffers {
  /** Number of rows. A row is one token of one session, in all layers. */
  rows = 0
  readonly rowBytes: number
  /** Number of floats of one token's keys of one session in a layer. */
  readonly stride: number
  private readonly keys: Float32Array<ArrayBuffer>[]
  private readonly values: Float32Array<ArrayBuffer>[]

  constructor(private readonly shape: KeyValueShape) {
    this.stride = shape.keyValueHeads * shape.headSize
    this.rowBytes = shape.layers * 2 * this.stride * Float32Array.BYTES_PER_ELEMENT
    this.keys = Array.from({ length: shape.layers }, () => new Float32Array(0))
    this.values = Array.from({ length: shape.layers }, () => new Float32Array(0))
  }

  /** Keys of the first rows: a view, valid until the buffers grow. */
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

  /** Grows to `rows` and a quarter more, at most `maxRows`; keeps the content. */
  grow(rows: number, maxRows: number): void {
    if (rows > this.rows) this.allocate(Math.min(maxRows, Math.ceil(rows * 1.25)), true)
  }

  /** Provides `rows` without keeping the content; a buffer that is four times too large shrinks. */
  reset(rows: number, maxRows: number): void {
    if (rows > this.rows || this.rows > 4 * rows) this.allocate(Math.min(maxRows, Math.ceil(rows * 1.25)), false)
  }

  /** Allocates one buffer after another, so that at most one is held twice at any time. */
  private allocate(rows: number, keepsContent: boolean): void {
    for (const buffers of [this.keys, this.values])
      buffers.forEach((held, layer) => {
        if (!keepsContent) releaseBuffers([held])
        const buffer = new Float32Array(rows * this.stride)
        if (keepsContent) {
          buffer.set(held)
          releaseBuffers([held])
        }
        buffers[layer] = buffer
      })
    this.rows = rows
  }

  private buffer(buffers: Float32Array[], layer: number): Float32Array {
    const buffer = buffers[layer]
    if (buffer === undefined) throw new RangeError(`layer is ${layer}: the batch has ${this.shape.layers} layers`)
    return buffer
  }
}
