/**
 * A wait for peers takes at most this part of the run before, and at most so long: more than one run of all saves of two runs of a
 * half each, since groups that never meet also copy each other's sessions to and fro (docs/decisions/continuous-batching.md).
 */
const mostShare = 0.6
const mostMs = 60
/** Timers know no less: a shorter wait would be longer than its bound. */
const leastMs = 1
/** After vain waits, so many runs at most go without one. */
const mostSkips = 16

/**
 * Sessions that were in the last run and whose next step has not come yet. Without them the next batch would be run again for them,
 * so they are worth a short wait. Where waits are in vain they become rare: 1, 2, 4 ... runs go without. A session alone is waited
 * for by nobody: its step is what starts the next run.
 */
export class Peers {
  private readonly missing = new Set<string>()
  private boundMs = 0
  private wake: () => void = () => undefined
  /** Runs to skip after the next vain wait, and still to skip. */
  private nextSkips = 1
  private skips = 0

  /** These sessions' steps have just been answered, after a run of that duration. */
  expect(sessionIds: Iterable<string>, runMs: number): void {
    this.missing.clear()
    for (const id of sessionIds) this.missing.add(id)
    this.boundMs = Math.min(mostShare * runMs, mostMs)
  }

  /** These sessions have a next step, or will have none. */
  arrived(sessionIds: Iterable<string>): void {
    for (const id of sessionIds) this.missing.delete(id)
    if (this.missing.size === 0) this.wake()
  }

  /** Whether there is somebody to wait for. */
  get isMissed(): boolean {
    return this.missing.size > 0
  }

  /** Resolves once all are there or the time is up, which runs from the first step that is there. */
  async wait(): Promise<void> {
    if (this.missing.size > 0 && this.boundMs >= leastMs) {
      if (this.skips > 0) this.skips--
      else await this.waitFor(this.boundMs)
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
    const isVain = this.missing.size === before
    this.skips = isVain ? this.nextSkips : 0
    this.nextSkips = isVain ? Math.min(2 * this.nextSkips, mostSkips) : 1
  }
}
