import { releaseBuffers } from './release-buffers.js'

/** The size of one token's keys and values. */
export interface KeyValueShape {
  readonly layers: number
  readonly keyValueHeads: number
  readonly headSize: number
}

/**
 * Memory for keys and values of a model: rows [KVH, D] of float32, for each layer first those of
 * the keys, then those of the values. All layers share one allocation: the C library maps a large
 * one, and returns it to the system when it is freed. 60 smaller ones would come from its heap,
 * where what stays between them keeps the freed memory (docs/decisions/memory.md).
 */
export class KeyValueBuffers {
  /** Number of rows. A row is one token of one session, in all layers. */
  rows = 0
  /** Bytes of a row in all layers. */
  readonly rowBytes: number
  /** Number of floats of one row's keys in a layer. */
  readonly stride: number
  /** float32 [layers, 2, rows, KVH, D]. */
  private data = new Float32Array(0)

  constructor(private readonly shape: KeyValueShape) {
    this.stride = shape.keyValueHeads * shape.headSize
    this.rowBytes = shape.layers * 2 * this.stride * Float32Array.BYTES_PER_ELEMENT
  }

  /** Keys of the first rows: a view, valid until the next `allocate`. */
  keyPrefix(layer: number, rows: number): Float32Array {
    return this.prefix(2 * this.checked(layer), rows)
  }

  valuePrefix(layer: number, rows: number): Float32Array {
    return this.prefix(2 * this.checked(layer) + 1, rows)
  }

  /** Stores rows from `row` on. @param key float32 [S, KVH, D] */
  write(layer: number, row: number, key: Float32Array, value: Float32Array): void {
    this.assertHeld(row + key.length / this.stride)
    const start = (2 * this.checked(layer) * this.rows + row) * this.stride
    this.data.set(key, start)
    this.data.set(value, start + this.rows * this.stride)
  }

  /**
   * Replaces the memory. The old memory is released after the copy, so both are held for a moment.
   * @param keptRows number of first rows whose content is kept; if it is 0, the old memory is
   * released first
   * @throws RangeError if the machine's memory is too small; then kept rows stay where they are
   */
  allocate(rows: number, keptRows: number): void {
    if (keptRows === 0) this.release()
    const held = this.data
    const data = new Float32Array(this.shape.layers * 2 * rows * this.stride)
    for (let part = 0; keptRows > 0 && part < 2 * this.shape.layers; part++)
      data.set(this.prefix(part, keptRows), part * rows * this.stride)
    this.data = data
    this.rows = rows
    releaseBuffers([held])
  }

  /** Releases the memory. */
  release(): void {
    const held = this.data
    this.data = new Float32Array(0)
    this.rows = 0
    releaseBuffers([held])
  }

  private prefix(part: number, rows: number): Float32Array {
    this.assertHeld(rows)
    const start = part * this.rows * this.stride
    return this.data.subarray(start, start + rows * this.stride)
  }

  private assertHeld(rows: number): void {
    if (rows > this.rows) throw new RangeError(`${rows} rows are addressed: the memory has ${this.rows}`)
  }

  private checked(layer: number): number {
    if (layer >= 0 && layer < this.shape.layers) return layer
    throw new RangeError(`layer is ${layer}: the model has ${this.shape.layers} layers`)
  }
}
