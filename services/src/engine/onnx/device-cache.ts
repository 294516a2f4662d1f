import type { Tensor } from 'onnxruntime-node'
import { invalidArgument } from '../../errors.js'
import type { ModelVariant, SessionCache } from '../engine.js'

/** Keys and values on the device, by the names of the graph's inputs. Never written to, so that sessions can share them. */
export class DevicePast {
  private holders = 1

  constructor(
    readonly tensors: ReadonlyMap<string, Tensor>,
    /** Tokens in them. */
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

/** One session's keys and values on an accelerator. A copy costs nothing until one of both goes on. */
export class DeviceCache implements SessionCache {
  length = 0
  capacity = 0
  private held: DevicePast | null = null

  constructor(
    readonly bytesPerToken: number,
    readonly variant: ModelVariant,
  ) {}

  /** Null where there is none. It may hold more than `length` tokens. */
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

  /** Holds these from now on, all of them. */
  replace(past: DevicePast): void {
    this.held?.release()
    this.held = past
    this.length = past.slots
  }

  copy(capacity: number): DeviceCache {
    const copy = new DeviceCache(this.bytesPerToken, this.variant)
    copy.reserve(Math.max(capacity, this.length))
    copy.take(this, this.length)
    return copy
  }

  take(source: SessionCache, length: number): void {
    if (!(source instanceof DeviceCache)) throw new TypeError('the cache was made by another engine')
    if (length > source.length)
      throw invalidArgument(`a cache of ${source.length} tokens cannot give its first ${length}`)
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
