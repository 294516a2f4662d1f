/** Least time between two runs, in milliseconds, whatever asks for them. */
const minGapMs = 50

/**
 * Runs a task again and again, about once in each interval, and at once if something has happened.
 * Runs never overlap.
 */
export class RepeatedTask {
  private timer: NodeJS.Timeout | undefined
  private startedMs = Number.NEGATIVE_INFINITY
  private isRunning = false
  private isAsked = false
  private isClosed = false

  /**
   * @param task never rejects, and has a time limit
   * @param intervalMs time between two runs. It varies by a quarter, so that many gateways do not
   *   run in step
   */
  constructor(
    private readonly task: () => Promise<void>,
    private readonly intervalMs: number,
  ) {}

  /** Runs the task now, or once more if it is running. */
  runSoon(): void {
    if (this.isRunning) this.isAsked = true
    else this.schedule(0)
  }

  /** Starts no more runs. */
  close(): void {
    this.isClosed = true
    clearTimeout(this.timer)
  }

  private schedule(delayMs: number): void {
    clearTimeout(this.timer)
    if (this.isClosed) return
    const gapMs = this.startedMs + minGapMs - performance.now()
    this.timer = setTimeout(() => void this.run(), Math.max(delayMs, gapMs)).unref()
  }

  private async run(): Promise<void> {
    this.isRunning = true
    this.isAsked = false
    this.startedMs = performance.now()
    await this.task()
    this.isRunning = false
    this.schedule(this.isAsked ? 0 : this.intervalMs * (0.75 + Math.random() / 2))
  }
}
