import { BatchBuffers } from './batch-buffers.js'
import type { KeyValueShape } from './key-value-buffers.js'
import type { KeyValueCache } from './kv-cache.js'

/** A session of the next batch: its first `position` tokens are read, and `tokens` more are run. */
export interface BatchEntry {
  readonly cache: KeyValueCache
  readonly position: number
  readonly tokens: number
}

/** One session's column of an arena; free once the session is closed or has a column elsewhere. */
class Column {
  /**
   * Number of the cache's tokens that are mirrored here. The cache lowers it when it is
   * overwritten.
   */
  length = 0
  lastRun = 0

  constructor(readonly cache: KeyValueCache) {
    cache.mirror = this
  }

  get isFree(): boolean {
    return this.cache.mirror !== this
  }

  release(): void {
    if (!this.isFree) this.cache.mirror = null
  }
}

/**
 * Cost of copying a byte into an arena, in bytes that a run reads: rows of 768 bytes are copied at
 * 3 GB/s, a run reads at 10.
 */
const copyCost = 3

/**
 * Keys and values of sessions that decode together, as a batch reads them: for each layer [slots,
 * B, KVH, D]. It is a mirror: the sessions' own caches hold the same, so it can be dropped, and its
 * columns reassigned, at any time.
 *
 * Token p of a session lies at slot p of its column, independent of the other columns: truncation
 * changes a number here too, and a shorter session's slots are masked from its length on. B is the
 * stride, so every column is part of every run.
 */
export class BatchArena {
  private columns: Column[] = []
  private readonly buffers: BatchBuffers
  private runs = 0
  /** Cost of unused columns since the columns were last reassigned, in bytes. */
  private wasted = 0

  /** @param tokenBytes cost of a padding token, in bytes read */
  constructor(
    private readonly shape: KeyValueShape,
    private readonly tokenBytes: number,
  ) {
    this.buffers = new BatchBuffers(shape)
  }

  /** B: number of columns of a run, including unused ones. */
  get width(): number {
    return this.columns.length
  }

  get byteLength(): number {
    return this.buffers.rows * this.buffers.rowBytes
  }

  /** The sessions that have a column. */
  get sessions(): KeyValueCache[] {
    return this.columns.filter((column) => !column.isFree).map(({ cache }) => cache)
  }

  /**
   * Assigns each session a column that holds what the session will read.
   * @returns the index of each session's column, or null if that takes more than `maxBytes`; then
   * nothing has changed
   */
  assignColumns(entries: readonly BatchEntry[], maxBytes: number): number[] | null {
    const unassigned = entries.filter(({ cache }) => this.indexOf(cache) < 0)
    const unused = this.unused(entries)
    const isReassigned =
      unassigned.length > unused.length || this.isReassignmentDue(entries, unused.length - unassigned.length)
    const slots = Math.max(...entries.map(({ position, tokens }) => position + tokens))
    const rows = slots * (isReassigned ? entries.length : this.width)
    const maxRows = Math.floor(maxBytes / this.buffers.rowBytes)
    if (rows > maxRows) return null
    if (isReassigned) {
      this.reassignColumns(entries)
      this.buffers.reset(rows, maxRows)
    } else {
      for (const { cache } of unassigned) this.replace(unused.shift() as Column, cache)
      this.buffers.grow(rows, maxRows)
    }
    this.runs++
    const indices = entries.map(({ cache }) => this.indexOf(cache))
    for (const index of indices) this.column(index).lastRun = this.runs
    this.fillColumns(entries, indices)
    return indices
  }

  /**
   * Keys of the first slots, float32 [slots, B, KVH, D]: a view, valid until the next
   * `assignColumns`.
   */
  keyPrefix(layer: number, slots: number): Float32Array {
    return this.buffers.keyPrefix(layer, slots * this.width)
  }

  valuePrefix(layer: number, slots: number): Float32Array {
    return this.buffers.valuePrefix(layer, slots * this.width)
  }

  /** Stores one token's key and value [KVH, D]. The token counts once `commit` is called. */
  write(layer: number, column: number, position: number, key: Float32Array, value: Float32Array): void {
    this.buffers.write(layer, position * this.width + column, key, value)
  }

  /** Sets the number of its session's tokens that the column mirrors. */
  commit(column: number, length: number): void {
    this.column(column).length = length
  }

  /** Releases all columns and their memory. */
  close(): void {
    this.reassignColumns([])
    this.buffers.reset(0, 0)
  }

  private indexOf(cache: KeyValueCache): number {
    return this.columns.findIndex((column) => column.cache === cache && !column.isFree)
  }

  /**
   * Columns that this run does not need: free columns first, then those that were unused for the
   * longest time.
   */
  private unused(entries: readonly BatchEntry[]): Column[] {
    const caches = new Set(entries.map(({ cache }) => cache))
    const lastUse = (column: Column) => (column.isFree ? -1 : column.lastRun)
    return this.columns
      .filter((column) => column.isFree || !caches.has(column.cache))
      .sort((a, b) => lastUse(a) - lastUse(b))
  }

  /**
   * Reassigning copies everything that is read. It is due once unused columns have cost as much, so
   * the total cost is at most twice the optimum.
   */
  private isReassignmentDue(entries: readonly BatchEntry[], spareColumns: number): boolean {
    const tokens = Math.max(...entries.map((entry) => entry.tokens))
    this.wasted += Math.max(0, spareColumns) * tokens * this.tokenBytes
    const read = entries.reduce((sum, { position }) => sum + position, 0)
    return spareColumns > 0 && this.wasted > copyCost * read * this.buffers.rowBytes
  }

  /** Creates one column for each session; all of them are still empty. */
  private reassignColumns(entries: readonly BatchEntry[]): void {
    for (const column of this.columns) column.release()
    this.columns = entries.map(({ cache }) => new Column(cache))
    this.wasted = 0
  }

  private replace(column: Column, cache: KeyValueCache): void {
    column.release()
    this.columns[this.columns.indexOf(column)] = new Column(cache)
  }

  /**
   * Copies the tokens that the sessions' columns lack. It copies slot by slot, so that the arena is
   * written from front to back: column by column took 1.4 times as long (16 sessions of 150
   * tokens).
   * @param indices the sessions' columns
   */
  private fillColumns(entries: readonly BatchEntry[], indices: readonly number[]): void {
    const behind = entries.flatMap(({ cache, position }, i) => {
      const index = indices[i] as number
      const from = this.column(index).length
      return from < position ? [{ cache, position, index, from }] : []
    })
    const [first, end] = [
      Math.min(...behind.map(({ from }) => from)),
      Math.max(...behind.map(({ position }) => position)),
    ]
    for (let layer = 0; layer < this.shape.layers; layer++) {
      const sources = behind.map(({ cache, ...target }) => ({
        ...target,
        keys: cache.keyPrefix(layer, target.position),
        values: cache.valuePrefix(layer, target.position),
      }))
      for (let p = first; p < end; p++)
        for (const { index, from, position, keys, values } of sources) {
          if (p < from || p >= position) continue
          const [start, stop] = [p * this.buffers.stride, (p + 1) * this.buffers.stride]
          this.write(layer, index, p, keys.subarray(start, stop), values.subarray(start, stop))
        }
    }
    for (const { index, position } of behind) this.column(index).length = position
  }

  private column(index: number): Column {
    const column = this.columns[index]
    if (column === undefined) throw new RangeError(`column is ${index}: the arena has ${this.width} columns`)
    return column
  }
}
