/**
 * A wait lasts at most this share of the previous run. A run of all sessions saves more than that
 * over two runs of a half each, because groups that never meet also copy each other's sessions back
 * and forth (docs/decisions/continuous-batching.md).
 */
const maxRunShare = 0.6
/** Maximum duration of a wait, in milliseconds. */
const maxMs = 60
/** Resolution of a timer, in milliseconds: a shorter wait would take longer than its limit. */
const minMs = 1
/** Maximum number of runs without a wait after waits that brought no session. */
const maxSkips = 16

/**
 * Waits for sessions of the last run whose next step has not come yet: without them the next batch
 * would run once more for them. If no session comes, waits become rare: 1, 2, 4 ... runs go without
 * one. A session that runs by itself is not waited for: its step starts the next run.
 */
export class BatchWait {
  private readonly missing = new Set<string>()
  private limitMs = 0
  private wake: () => void = () => undefined
  /** Number of runs without a wait after the next wait that brings no session. */
  private nextSkips = 1
  /** Number of runs that still go without a wait. */
  private skips = 0

  /** Records sessions whose steps were just answered, after a run of `runMs`. */
  expect(sessionIds: Iterable<string>, runMs: number): void {
    this.missing.clear()
    for (const id of sessionIds) this.missing.add(id)
    this.limitMs = Math.min(maxRunShare * runMs, maxMs)
  }

  /** Records sessions whose next step has come, or that were closed. */
  arrived(sessionIds: Iterable<string>): void {
    for (const id of sessionIds) this.missing.delete(id)
    if (this.missing.size === 0) this.wake()
  }

  /** Whether a session of the last run is still missing. */
  get isPending(): boolean {
    return this.missing.size > 0
  }

  /** Resolves once all sessions have come or the time is up. The time starts with this call. */
  async wait(): Promise<void> {
    if (this.missing.size > 0 && this.limitMs >= minMs) {
      if (this.skips > 0) this.skips--
      else await this.waitFor(this.limitMs)
    }
    this.missing.clear()
  }

  private async waitFor(ms: number): Promise<void> {
    const before = this.missing.size
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    const isInVain = this.missing.size === before
    this.skips = isInVain ? this.nextSkips : 0
    this.nextSkips = isInVain ? Math.min(2 * this.nextSkips, maxSkips) : 1
  }
}
