/** A wait for peers takes at most this part of the run before, and at most so long. */
const mostShare = 0.1
const mostMs = 5
/** Timers know no less: a shorter wait would be longer than its bound. */
const leastMs = 1

/**
 * Sessions that were in the last run and whose next step has not come yet. Without them the next batch would be run again for them,
 * so they are worth a short wait. A session alone is waited for by nobody: its step is what starts the next run.
 */
export class Peers {
  private readonly missing = new Set<string>()
  private deadlineMs = 0
  private wake: () => void = () => undefined

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** These sessions' steps have just been answered, after a run of that duration. */
  expect(sessionIds: Iterable<string>, runMs: number): void {
    this.missing.clear()
    for (const id of sessionIds) this.missing.add(id)
    this.deadlineMs = this.now() + Math.min(mostShare * runMs, mostMs)
  }

  /** These sessions have a next step, or will have none. */
  arrived(sessionIds: Iterable<string>): void {
    for (const id of sessionIds) this.missing.delete(id)
    if (this.missing.size === 0) this.wake()
  }

  /** Resolves once all are there or the time is up. */
  async wait(): Promise<void> {
    const leftMs = this.deadlineMs - this.now()
    if (this.missing.size > 0 && leftMs >= leastMs)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs)
        this.wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    this.missing.clear()
  }
}
