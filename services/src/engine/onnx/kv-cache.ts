import type { ModelVariant, SessionCache } from '../engine.js'
import { letGo } from './release-buffers.js'

export interface KeyValueShape {
  layers: number
  keyValueHeads: number
  headSize: number
}

/**
 * Keys and values of one session: for each layer two float32 buffers [capacity, KVH, D], time first, so that what a run reads
 * is a prefix of a buffer (no copy), truncation is a number and growth a copy of a prefix.
 */
export class KeyValueCache implements SessionCache {
  length = 0
  capacity = 0
  /** A batch's memory holds the first `mirror.length` tokens too, until they are overwritten here. */
  mirror: { length: number } | null = null
  readonly bytesPerToken: number
  /** Floats of one token's keys in a layer. */
  readonly stride: number
  private readonly keys: Float32Array<ArrayBuffer>[]
  private readonly values: Float32Array<ArrayBuffer>[]

  /** @param variant whose keys and values these are */
  constructor(
    private readonly shape: KeyValueShape,
    readonly variant: ModelVariant = 'whole',
  ) {
    this.stride = shape.keyValueHeads * shape.headSize
    this.bytesPerToken = shape.layers * 2 * this.stride * Float32Array.BYTES_PER_ELEMENT
    this.keys = Array.from({ length: shape.layers }, () => new Float32Array(0))
    this.values = Array.from({ length: shape.layers }, () => new Float32Array(0))
  }

  get layers(): number {
    return this.shape.layers
  }

  /** float32 [length, KVH, D], a view: valid until the cache grows. */
  keyPrefix(layer: number, length: number): Float32Array {
    return this.prefix(this.keys, layer, length)
  }

  valuePrefix(layer: number, length: number): Float32Array {
    return this.prefix(this.values, layer, length)
  }

  /**
   * Stores keys and values of a run at `position` without counting them: `commit` does, once all layers are there.
   * @param key float32 [S, KVH, D]
   */
  write(layer: number, position: number, key: Float32Array, value: Float32Array): void {
    this.truncateMirror(position)
    this.buffer(this.keys, layer).set(key, position * this.stride)
    this.buffer(this.values, layer).set(value, position * this.stride)
  }

  /** From now on the cache holds `length` tokens. */
  commit(length: number): void {
    if (length > this.capacity)
      throw new RangeError(`a cache with room for ${this.capacity} tokens cannot hold ${length}`)
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
    copy.take(this, this.length)
    return copy
  }

  take(source: SessionCache, length: number): void {
    if (!(source instanceof KeyValueCache)) throw new TypeError('the cache was made by another engine')
    for (let layer = 0; layer < this.shape.layers; layer++)
      this.write(layer, 0, source.keyPrefix(layer, length), source.valuePrefix(layer, length))
    this.commit(length)
  }

  close(): void {
    this.mirror = null
    this.length = 0
    this.capacity = 0
    for (const buffers of [this.keys, this.values]) {
      letGo(buffers)
      buffers.fill(new Float32Array(0))
    }
  }

  private truncateMirror(length: number): void {
    if (this.mirror !== null && this.mirror.length > length) this.mirror.length = length
  }

  /** One buffer after another, so that only one layer is held twice at any time. */
  private growAll(buffers: Float32Array<ArrayBuffer>[], capacity: number): void {
    buffers.forEach((buffer, layer) => {
      const grown = new Float32Array(capacity * this.stride)
      grown.set(buffer.subarray(0, this.length * this.stride))
      buffers[layer] = grown
      letGo([buffer])
    })
  }

  private prefix(buffers: Float32Array[], layer: number, length: number): Float32Array {
    return this.buffer(buffers, layer).subarray(0, length * this.stride)
  }

  private buffer(buffers: Float32Array[], layer: number): Float32Array {
    const buffer = buffers[layer]
    if (buffer === undefined) throw new RangeError(`layer ${layer} of a cache with ${this.shape.layers} layers`)
    return buffer
  }
}
