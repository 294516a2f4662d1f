import { KeyValueBuffers } from './key-value-buffers.js'

/** Memory for keys and values of a batch, whose rows BatchArena arranges as [slots, B]. */
export class BatchBuffers extends KeyValueBuffers {
  /** Grows to `rows` and a quarter more, at most `maxRows`; keeps the content. */
  grow(rows: number, maxRows: number): void {
    if (rows > this.rows) this.allocate(Math.min(maxRows, Math.ceil(rows * 1.25)), this.rows)
  }

  /** Provides `rows` without keeping the content; a buffer that is four times too large shrinks. */
  reset(rows: number, maxRows: number): void {
    if (rows > this.rows || this.rows > 4 * rows) this.allocate(Math.min(maxRows, Math.ceil(rows * 1.25)), 0)
  }
}
