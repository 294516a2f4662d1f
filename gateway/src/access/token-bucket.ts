const msPerMinute = 60_000

/**
 * A token bucket: holds up to one minute's worth, and fills evenly. It may be overdrawn, because
 * what an answer costs is known only when it is generated; the debt is then paid by waiting.
 * Times are of a monotonic clock, in milliseconds.
 */
export class TokenBucket {
  private level: number

  /** Creates a full bucket. */
  constructor(
    readonly perMinute: number,
    private atMs: number,
  ) {
    this.level = perMinute
  }

  /** What the bucket holds; negative if it is overdrawn. */
  levelAt(nowMs: number): number {
    const gained = (Math.max(0, nowMs - this.atMs) * this.perMinute) / msPerMinute
    return Math.min(this.perMinute, this.level + gained)
  }

  /** Time until the bucket holds `amount`, at most its size, in milliseconds. */
  waitMs(amount: number, nowMs: number): number {
    const missing = Math.min(amount, this.perMinute) - this.levelAt(nowMs)
    return Math.max(0, (missing * msPerMinute) / this.perMinute)
  }

  /** Takes an amount, also if the bucket holds less. A negative amount is given back. */
  take(amount: number, nowMs: number): void {
    this.level = Math.min(this.perMinute, this.levelAt(nowMs) - amount)
    this.atMs = Math.max(this.atMs, nowMs)
  }

  /** Creates a bucket of another size, which is overdrawn or filled as far as this one. */
  resize(perMinute: number, nowMs: number): TokenBucket {
    const resized = new TokenBucket(perMinute, nowMs)
    resized.take(this.perMinute - this.levelAt(nowMs), nowMs)
    return resized
  }
}
