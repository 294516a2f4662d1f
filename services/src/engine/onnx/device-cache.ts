import type { Tensor } from 'onnxruntime-node'
import type { ModelVariant, SessionCache } from '../engine.js'

/**
 * Keys and values on the device, by the names of the graph's inputs. They are never modified, so
 * sessions can share them.
 */
export class DevicePast {
  private holders = 1

  constructor(
    readonly tensors: ReadonlyMap<string, Tensor>,
    /** Number of tokens in the tensors. */
    readonly slots: number,
  ) {}

  share(): DevicePast {
    this.holders++
    return this
  }

  release(): void {
    if (--this.holders === 0) for (const tensor of this.tensors.values()) tensor.dispose()
  }
}

/**
 * Keys and values of one session on an accelerator. A copy shares the tensors until one of both
 * sessions continues.
 */
export class DeviceCache implements SessionCache {
  length = 0
  capacity = 0
  private held: DevicePast | null = null

  constructor(
    readonly bytesPerToken: number,
    readonly variant: ModelVariant,
  ) {}

  /** Null for an empty session. It may hold more than `length` tokens. */
  get past(): DevicePast | null {
    return this.held
  }

  reserve(capacity: number): void {
    this.capacity = Math.max(this.capacity, capacity)
  }

  truncate(length: number): void {
    if (length > this.length) throw new RangeError(`a cache of ${this.length} tokens cannot be truncated to ${length}`)
    this.length = length
  }

  /** Replaces what is held by all tokens of `past`. */
  replace(past: DevicePast): void {
    this.held?.release()
    this.held = past
    this.length = past.slots
  }

  copy(capacity: number): DeviceCache {
    const copy = new DeviceCache(this.bytesPerToken, this.variant)
    copy.reserve(Math.max(capacity, this.length))
    copy.copyFrom(this, this.length)
    return copy
  }

  copyFrom(source: SessionCache, length: number): void {
    if (!(source instanceof DeviceCache)) throw new TypeError('the cache belongs to another engine')
    if (length > source.length) throw new RangeError(`cannot copy ${length} tokens from a cache of ${source.length}`)
    this.held?.release()
    this.held = source.held?.share() ?? null
    this.length = length
  }

  close(): void {
    this.held?.release()
    this.held = null
    this.length = 0
    this.capacity = 0
  }
}
