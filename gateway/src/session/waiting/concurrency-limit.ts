import { SessionError } from '../contract/session-error.js'

/** Bounds of a concurrency limit. */
export interface ConcurrencyBounds {
  readonly maxConcurrent: number
  readonly maxWaiting: number
}

/**
 * A semaphore with a bounded queue: it lets some run at once, makes others
 * wait in order and refuses the rest.
 */
export class ConcurrencyLimit {
  private running = 0
  private readonly waiting: (() => void)[] = []

  /** @param refuse creates the error for a caller that finds the queue full */
  constructor(
    readonly bounds: ConcurrencyBounds,
    private readonly refuse: (bounds: ConcurrencyBounds) => Error,
  ) {}

  /** Callers that hold a slot or wait for one. */
  protected get open(): number {
    return this.running + this.waiting.length
  }

  /** Called each time a slot is released. */
  protected onRelease(): void {}

  /**
   * Waits for a free slot. The returned function releases it; further
   * calls of that function do nothing.
   * @throws the error from `refuse` if the queue is full; SessionError if the signal ends the wait
   */
  async acquire(signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) throw SessionError.ofSignal(signal)
    if (this.running < this.bounds.maxConcurrent) this.running++
    else await this.wait(signal)
    return this.createRelease()
  }

  /**
   * Takes a slot if one is free now. Slots are handed to waiting callers first, so none is free
   * while a caller waits.
   * @returns the function that releases the slot; null if none is free
   */
  tryAcquire(): (() => void) | null {
    if (this.running >= this.bounds.maxConcurrent) return null
    this.running++
    return this.createRelease()
  }

  private createRelease(): () => void {
    let isReleased = false
    return () => {
      if (isReleased) return
      isReleased = true
      this.onRelease()
      const next = this.waiting.shift()
      // Hand the slot over without freeing it, so that no later caller overtakes the queue.
      if (next) next()
      else this.running--
    }
  }

  private wait(signal: AbortSignal): Promise<void> {
    if (this.waiting.length >= this.bounds.maxWaiting) throw this.refuse(this.bounds)
    return new Promise((resolve, reject) => {
      const start = () => {
        signal.removeEventListener('abort', cancel)
        resolve()
      }
      const cancel = () => {
        this.waiting.splice(this.waiting.indexOf(start), 1)
        reject(SessionError.ofSignal(signal))
      }
      signal.addEventListener('abort', cancel, { once: true })
      this.waiting.push(start)
    })
  }
}
