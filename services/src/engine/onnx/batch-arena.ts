import { BatchBuffers } from './batch-buffers.js'
import type { KeyValueCache, KeyValueShape } from './kv-cache.js'

/** A session about to run in a batch: its first `position` tokens are read, and `tokens` more come. */
export interface Seating {
  cache: KeyValueCache
  position: number
  tokens: number
}

/** One session's place in an arena; free once the session has been closed or sits elsewhere. */
class Column {
  /** Tokens of the cache that lie here too. The cache lowers it where it is overwritten. */
  length = 0
  lastRun = 0

  constructor(readonly cache: KeyValueCache) {
    cache.mirror = this
  }

  get isFree(): boolean {
    return this.cache.mirror !== this
  }

  leave(): void {
    if (!this.isFree) this.cache.mirror = null
  }
}

/** A byte copied into an arena, in bytes that a run reads: rows of 768 bytes are copied at 3 GB/s, a run reads at 10. */
const copyPrice = 3

/**
 * Keys and values of sessions that decode together, as a batch reads them: for each layer [slots, B, KVH, D]. A mirror: the
 * sessions' own caches hold the same, so it can be dropped or dealt anew at any time.
 *
 * Token p of a session lies at slot p of its column, whatever the other columns hold: truncation is a number here too, and a
 * shorter session's slots are masked from its length on. B is the stride, so every column takes part in every run.
 */
export class BatchArena {
  private columns: Column[] = []
  private readonly buffers: BatchBuffers
  private runs = 0
  /** What unused columns have cost since the columns were last dealt, in bytes. */
  private wasted = 0

  /** @param tokenBytes what a token that nobody asked for costs a run, in bytes read */
  constructor(
    private readonly shape: KeyValueShape,
    private readonly tokenBytes: number,
  ) {
    this.buffers = new BatchBuffers(shape)
  }

  /** B: columns of a run, those that nobody uses included. */
  get width(): number {
    return this.columns.length
  }

  get byteLength(): number {
    return this.buffers.rows * this.buffers.rowBytes
  }

  /** Sessions that have a column. */
  get sessions(): KeyValueCache[] {
    return this.columns.filter((column) => !column.isFree).map(({ cache }) => cache)
  }

  /**
   * Gives each session a column that holds what it will read.
   * @returns each one's column, or null where that takes more than `maxBytes`: then nothing has changed
   */
  seat(seatings: readonly Seating[], maxBytes: number): number[] | null {
    const strangers = seatings.filter(({ cache }) => this.indexOf(cache) < 0)
    const unused = this.unused(seatings)
    const isDealt = strangers.length > unused.length || this.isWorthDealing(seatings, unused.length - strangers.length)
    const slots = Math.max(...seatings.map(({ position, tokens }) => position + tokens))
    const rows = slots * (isDealt ? seatings.length : this.width)
    const mostRows = Math.floor(maxBytes / this.buffers.rowBytes)
    if (rows > mostRows) return null
    if (isDealt) {
      this.deal(seatings)
      this.buffers.renew(rows, mostRows)
    } else {
      for (const { cache } of strangers) this.replace(unused.shift() as Column, cache)
      this.buffers.grow(rows, mostRows)
    }
    this.runs++
    const indices = seatings.map(({ cache }) => this.indexOf(cache))
    for (const index of indices) this.column(index).lastRun = this.runs
    this.catchUp(seatings, indices)
    return indices
  }

  /** float32 [slots, B, KVH, D], a view: valid until the next `seat`. */
  keyPrefix(layer: number, slots: number): Float32Array {
    return this.buffers.keyPrefix(layer, slots * this.width)
  }

  valuePrefix(layer: number, slots: number): Float32Array {
    return this.buffers.valuePrefix(layer, slots * this.width)
  }

  /** Stores one token's key and value [KVH, D] without counting it: `commit` does. */
  write(layer: number, column: number, position: number, key: Float32Array, value: Float32Array): void {
    this.buffers.write(layer, position * this.width + column, key, value)
  }

  /** From now on the column mirrors the first `length` tokens of its session. */
  commit(column: number, length: number): void {
    this.column(column).length = length
  }

  /** Frees all columns and their memory. */
  close(): void {
    this.deal([])
    this.buffers.renew(0, 0)
  }

  private indexOf(cache: KeyValueCache): number {
    return this.columns.findIndex((column) => column.cache === cache && !column.isFree)
  }

  /** Columns that this run does not need: free ones first, then those unused for longest. */
  private unused(seatings: readonly Seating[]): Column[] {
    const caches = new Set(seatings.map(({ cache }) => cache))
    const lastUse = (column: Column) => (column.isFree ? -1 : column.lastRun)
    return this.columns
      .filter((column) => column.isFree || !caches.has(column.cache))
      .sort((a, b) => lastUse(a) - lastUse(b))
  }

  /** Dealing anew copies all that is read; it is due once unused columns have cost as much, so at most twice the best is spent. */
  private isWorthDealing(seatings: readonly Seating[], spareColumns: number): boolean {
    const tokens = Math.max(...seatings.map((seating) => seating.tokens))
    this.wasted += Math.max(0, spareColumns) * tokens * this.tokenBytes
    const read = seatings.reduce((sum, { position }) => sum + position, 0)
    return spareColumns > 0 && this.wasted > copyPrice * read * this.buffers.rowBytes
  }

  /** One column for each session, all to be filled. */
  private deal(seatings: readonly Seating[]): void {
    for (const column of this.columns) column.leave()
    this.columns = seatings.map(({ cache }) => new Column(cache))
    this.wasted = 0
  }

  private replace(column: Column, cache: KeyValueCache): void {
    column.leave()
    this.columns[this.columns.indexOf(column)] = new Column(cache)
  }

  /**
   * Copies what the sessions' columns lack; slot by slot, so that the arena is written from front to back: column by column took 1.4
   * times as long (16 sessions of 150 tokens).
   * @param indices the sessions' columns
   */
  private catchUp(seatings: readonly Seating[], indices: readonly number[]): void {
    const late = seatings.flatMap(({ cache, position }, i) => {
      const index = indices[i] as number
      const from = this.column(index).length
      return from < position ? [{ cache, position, index, from }] : []
    })
    const [first, end] = [Math.min(...late.map(({ from }) => from)), Math.max(...late.map(({ position }) => position))]
    for (let layer = 0; layer < this.shape.layers; layer++) {
      const sources = late.map(({ cache, ...seat }) => ({
        ...seat,
        keys: cache.keyPrefix(layer, seat.position),
        values: cache.valuePrefix(layer, seat.position),
      }))
      for (let p = first; p < end; p++)
        for (const { index, from, position, keys, values } of sources) {
          if (p < from || p >= position) continue
          const [start, stop] = [p * this.buffers.stride, (p + 1) * this.buffers.stride]
          this.write(layer, index, p, keys.subarray(start, stop), values.subarray(start, stop))
        }
    }
    for (const { index, position } of late) this.column(index).length = position
  }

  private column(index: number): Column {
    const column = this.columns[index]
    if (column === undefined) throw new RangeError(`column ${index} of an arena with ${this.width}`)
    return column
  }
}
