import './float16-tensors.js'
import type { ExportedGraph } from '@tandem/models/folder'
import { Tensor } from 'onnxruntime-node'
import type { SessionCache } from '../engine.js'
import type { KeyValueShape } from './key-value-buffers.js'

export type ExportedShape = KeyValueShape & ExportedGraph

/**
 * Keys and values of one session as an exported graph returns them: for each layer two tensors [1,
 * KVH, T, D]. Time is in the middle, so each run returns new tensors. They are never modified:
 * sessions share them, and the next run reads them in place.
 */
export class ExportedCache implements SessionCache {
  /** An exported graph is a single model. */
  readonly variant = 'adapted'
  length = 0
  capacity = 0
  /** For each layer the keys, then the values; they may hold more than `length` tokens. */
  private tensors: readonly Tensor[] = []

  constructor(
    private readonly shape: ExportedShape,
    readonly bytesPerToken: number,
  ) {}

  reserve(capacity: number): void {
    this.capacity = Math.max(this.capacity, capacity)
  }

  truncate(length: number): void {
    this.assertHolds(length)
    this.length = length
  }

  /**
   * For each layer keys and values of the first `length` tokens, [1, KVH, length, D]; copied if
   * more tokens are held.
   */
  prefix(length: number): readonly Tensor[] {
    this.assertHolds(length)
    if (length > 0) return this.tensors.map((tensor) => cut(tensor, length))
    const { layers, keyValueHeads, headSize, keyValueType } = this.shape
    const empty = new Tensor(keyValueType, toArray(keyValueType, new ArrayBuffer(0)), [1, keyValueHeads, 0, headSize])
    return new Array<Tensor>(2 * layers).fill(empty)
  }

  /**
   * Replaces what is held.
   * @param tensors for each layer keys and values, of `length` tokens or more
   */
  replace(tensors: readonly Tensor[], length: number): void {
    const short = tensors.find(({ dims }) => (dims[2] ?? 0) < length)
    if (short !== undefined || length > this.capacity)
      throw new RangeError(
        `a cache with capacity for ${this.capacity} tokens cannot hold ${length} of [${short?.dims ?? tensors[0]?.dims}]`,
      )
    this.tensors = tensors
    this.length = length
  }

  copy(capacity: number): ExportedCache {
    const copy = new ExportedCache(this.shape, this.bytesPerToken)
    copy.reserve(Math.max(capacity, this.length))
    copy.copyFrom(this, this.length)
    return copy
  }

  copyFrom(source: SessionCache, length: number): void {
    if (!(source instanceof ExportedCache)) throw new TypeError('the cache belongs to another engine')
    // Cut now: a short cache must not keep the memory of a long one.
    this.replace(source.prefix(length), length)
  }

  close(): void {
    this.tensors = []
    this.length = 0
    this.capacity = 0
  }

  private assertHolds(length: number): void {
    if (length > this.length)
      throw new RangeError(`a cache of ${this.length} tokens cannot be cut to its first ${length}`)
  }
}

/** Copies the first `length` tokens of every head. */
function cut(tensor: Tensor, length: number): Tensor {
  const [batch = 1, heads = 0, slots = 0, size = 0] = tensor.dims
  if (slots === length) return tensor
  const { buffer, byteOffset, byteLength } = tensor.data as Float32Array | Uint16Array
  const headBytes = byteLength / heads
  const keptBytes = (headBytes / slots) * length
  const kept = new Uint8Array(heads * keptBytes)
  for (let head = 0; head < heads; head++)
    kept.set(new Uint8Array(buffer, byteOffset + head * headBytes, keptBytes), head * keptBytes)
  const type = tensor.type === 'float16' ? 'float16' : 'float32'
  return new Tensor(type, toArray(type, kept.buffer), [batch, heads, length, size])
}

const toArray = (type: ExportedGraph['keyValueType'], buffer: ArrayBuffer) =>
  type === 'float16' ? new Uint16Array(buffer) : new Float32Array(buffer)
