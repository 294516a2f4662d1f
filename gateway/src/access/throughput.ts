/** Number of the last ends that count. */
const maxEnds = 64

/**
 * Measures how many requests end in a second while the server is full. Times are of a monotonic
 * clock, in milliseconds.
 */
export class Throughput {
  private ends: number[] = []
  private sinceMs = 0

  /** Begins a measurement: the server is full now. */
  begin(nowMs: number): void {
    this.ends = []
    this.sinceMs = nowMs
  }

  /** Counts the end of a request. */
  count(nowMs: number): void {
    this.ends.push(nowMs)
    if (this.ends.length > maxEnds) this.sinceMs = this.ends.shift() ?? nowMs
  }

  /**
   * The ends per second. If none was seen, it is the highest rate at which that is likely: one in
   * the time since the beginning.
   */
  perSecond(nowMs: number): number {
    const elapsedMs = Math.max(nowMs - this.sinceMs, 1)
    return (Math.max(this.ends.length, 1) * 1000) / elapsedMs
  }
}
