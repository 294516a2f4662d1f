import type { ModelVariant, SessionCache } from '../engine.js'
import { KeyValueBuffers, type KeyValueShape } from './key-value-buffers.js'

/**
 * Keys and values of one session: for each layer two float32 arrays [capacity, KVH, D]. Time comes
 * first, so a run reads a prefix without a copy, truncation changes a number, and growth copies
 * prefixes.
 */
export class KeyValueCache implements SessionCache {
  length = 0
  /**
   * Set if a batch's memory holds the first `mirror.length` tokens too. It shrinks when tokens are
   * overwritten here.
   */
  mirror: { length: number } | null = null
  private readonly buffers: KeyValueBuffers

  /** @param variant the model that computes these keys and values */
  constructor(
    private readonly shape: KeyValueShape,
    readonly variant: ModelVariant = 'adapted',
  ) {
    this.buffers = new KeyValueBuffers(shape)
  }

  get layers(): number {
    return this.shape.layers
  }

  get capacity(): number {
    return this.buffers.rows
  }

  get bytesPerToken(): number {
    return this.buffers.rowBytes
  }

  /** Number of floats of one token's keys in a layer. */
  get stride(): number {
    return this.buffers.stride
  }

  /** Keys of the first tokens, float32 [length, KVH, D]: a view, valid until the cache grows. */
  keyPrefix(layer: number, length: number): Float32Array {
    return this.buffers.keyPrefix(layer, length)
  }

  valuePrefix(layer: number, length: number): Float32Array {
    return this.buffers.valuePrefix(layer, length)
  }

  /**
   * Stores keys and values of a run at `position`. They count once `commit` is called, after all
   * layers are written.
   * @param key float32 [S, KVH, D]
   */
  write(layer: number, position: number, key: Float32Array, value: Float32Array): void {
    this.truncateMirror(position)
    this.buffers.write(layer, position, key, value)
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
    if (capacity > this.capacity) this.buffers.allocate(capacity, this.length)
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
    this.buffers.release()
  }

  private truncateMirror(length: number): void {
    if (this.mirror !== null && this.mirror.length > length) this.mirror.length = length
  }
}
