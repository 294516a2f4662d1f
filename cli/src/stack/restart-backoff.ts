/** Delay of the second restart; each later one waits twice as long. The first does not wait. */
const secondMs = 500
const longestMs = 30_000
/** A process that served for this long gets its next restart at once, like a new one. */
const calmMs = 10_000

/** How long a process waits before each restart: 0, 0.5, 1, 2 ... 30 s, with jitter. */
export class RestartBackoff {
  private restarts = 0

  /** @param random returns a number from 0 to 1, without 1 */
  constructor(private readonly random: () => number = Math.random) {}

  /**
   * Returns the delay before the next restart. Jitter shortens it by at most a half, so that two
   * processes that end together do not start together each time.
   */
  nextMs(): number {
    const exponent = this.restarts++ - 1
    if (exponent < 0) return 0
    const limitMs = Math.min(longestMs, secondMs * 2 ** exponent)
    return limitMs * (0.5 + this.random() / 2)
  }

  /** Records that the process has ended after it served for this time. */
  endedAfter(servedMs: number): void {
    if (servedMs >= calmMs) this.restarts = 0
  }
}
