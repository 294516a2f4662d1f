import type { Attributes } from '@opentelemetry/api'
import { attributeNames as names } from '@tandem/telemetry'

const usPerMs = 1000

/** The times in which one answer was written. Times are of `performance.now()`. */
export class WriteTimes {
  /** When the first chunk or the body was written; null before. */
  firstMs: number | null = null
  private formatMs = 0
  private waitMs = 0
  /** Since when the connection has not asked for more; null if it has. */
  private waitingSinceMs: number | null = null

  /** Adds a chunk or a body. The client then has to take it. */
  add(startMs: number, endMs: number): void {
    this.firstMs ??= startMs
    this.formatMs += endMs - startMs
    this.waitingSinceMs = endMs
  }

  /** Begins to wait until the connection has sent the rest. */
  startWait(nowMs: number): void {
    this.waitingSinceMs = nowMs
  }

  /** Ends a wait. */
  endWait(nowMs: number): void {
    this.waitMs += nowMs - (this.waitingSinceMs ?? nowMs)
    this.waitingSinceMs = null
  }

  /** Returns the sums, as attributes of the span. */
  toAttributes(): Attributes {
    return {
      [names.writeUs]: Math.round(this.formatMs * usPerMs),
      [names.writeWaitUs]: Math.round(this.waitMs * usPerMs),
    }
  }
}
