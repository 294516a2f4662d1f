import type { ModelVariant, SessionCache } from '../engine.js'
import { releaseBuffers } from './release-buffers.js'

/** The size of one token's keys and values. */
export interface KeyValueShape {
  readonly layers: number
  readonly keyValueHeads: number
  readonly headSize: number
}

/**
 * Keys and values of one session: for each layer two float32 buffers [capacity, KVH, D]. Time comes
 * first, so a run reads a prefix of a buffer without a copy, truncation changes a number, and
 * growth copies a prefix.
 */
export class KeyValueCache implements SessionCache {
  length = 0
  capacity = 0
  /**
   * Set if a batch's memory holds the first `mirror.length` tokens too. It shrinks when tokens are
   * overwritten here.
   */
  mirror: { length: number } | null = null
  readonly bytesPerToken: number
  /** Number of floats of one token's keys in a layer. */
  readonly stride: number
  private readonly keys: Float32Array<ArrayBuffer>[]
  private readonly values: Float32Array<ArrayBuffer>[]

  /** @param variant the model that computes these keys and values */
  constructor(
    private readonly shape: KeyValueShape,
    readonly variant: ModelVariant = 'adapted',
  ) {
    this.stride = shape.keyValueHeads * shape.headSize
    this.bytesPerToken = shape.layers * 2 * this.stride * Float32Array.BYTES_PER_ELEMENT
    this.keys = Array.from({ length: shape.layers }, () => new Float32Array(0))
    this.values = Array.from({ length: shape.layers }, () => new Float32Array(0))
  }

  get layers(): number {
    return this.shape.layers
  }

  /** Keys of the first tokens, float32 [length, KVH, D]: a view, valid until the cache grows. */
  keyPrefix(layer: number, length: number): Float32Array {
    return this.prefix(this.keys, layer, length)
  }

  valuePrefix(layer: number, length: number): Float32Array {
    return this.prefix(this.values, layer, length)
  }

  /**
   * Stores keys and values of a run at `position`. They count once `commit` is called, after all
   * layers are written.
   * @param key float32 [S, KVH, D]
   */
  write(layer: number, position: number, key: Float32Array, value: Float32Array): void {
    this.truncateMirror(position)
    this.buffer(this.keys, layer).set(key, position * this.stride)
    this.buffer(this.values, layer).set(value, position * this.stride)
  }

  /** Sets the number of tokens that the cache holds. */
  commit(length: number): void {
    if (length > this.capacity)
      throw new RangeError(`a cache with capacity for ${this.capacity} tokens cannot hold ${length}`)
    this.length = length
  }

  truncate(length: number): void {
    if (length > this.length) throw new RangeError(`a cache of ${this.length} tokens cannot be truncated to ${length}`)
    this.length = length
    this.truncateMirror(length)
  }

  reserve(capacity: number): void {
    if (capacity <= this.capacity) return
    for (const buffers of [this.keys, this.values]) this.growAll(buffers, capacity)
    this.capacity = capacity
  }

  copy(capacity: number): KeyValueCache {
    const copy = new KeyValueCache(this.shape, this.variant)
    copy.reserve(Math.max(capacity, this.length))
    copy.copyFrom(this, this.length)
    return copy
  }

  copyFrom(source: SessionCache, length: number): void {
    if (!(source instanceof KeyValueCache)) throw new TypeError('the cache belongs to another engine')
    for (let layer = 0; layer < this.shape.layers; layer++)
      this.write(layer, 0, source.keyPrefix(layer, length), source.valuePrefix(layer, length))
    this.commit(length)
  }

  close(): void {
    this.mirror = null
    this.length = 0
    this.capacity = 0
    for (const buffers of [this.keys, this.values]) {
      releaseBuffers(buffers)
      buffers.fill(new Float32Array(0))
    }
  }

  private truncateMirror(length: number): void {
    if (this.mirror !== null && this.mirror.length > length) this.mirror.length = length
  }

  /** Grows one buffer after another, so that only one layer is held twice at any time. */
  private growAll(buffers: Float32Array<ArrayBuffer>[], capacity: number): void {
    buffers.forEach((buffer, layer) => {
      const grown = new Float32Array(capacity * this.stride)
      grown.set(buffer.subarray(0, this.length * this.stride))
      buffers[layer] = grown
      releaseBuffers([buffer])
    })
  }

  private prefix(buffers: Float32Array[], layer: number, length: number): Float32Array {
    return this.buffer(buffers, layer).subarray(0, length * this.stride)
  }

  private buffer(buffers: Float32Array[], layer: number): Float32Array {
    const buffer = buffers[layer]
    if (buffer === undefined) throw new RangeError(`layer is ${layer}: the cache has ${this.shape.layers} layers`)
    return buffer
  }
}
