import { SessionError } from '../contract/session-error.js'

interface Waiter {
  /** Tries again, and settles the wait if it succeeds or throws. */
  attempt(): void
  reject(error: Error): void
}

/** Bounds of one wait. */
export interface WaitLimit {
  /** Maximum time in milliseconds; Infinity if only the signal ends the wait. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** Creates the error of a wait that took too long, or whose signal aborted. */
  readonly errorOf: (end: 'timeout' | 'abort') => Error
}

/** Callers that wait until an attempt succeeds. Each `wake` lets them try, in their order. */
export class Waiters {
  private readonly waiting = new Set<Waiter>()

  constructor(private readonly maxWaiting: number) {}

  get count(): number {
    return this.waiting.size
  }

  /**
   * Waits until an attempt returns a value. The first attempt is made at once.
   * @param attempt returns null to wait on; what it throws ends the wait
   */
  async wait<T>(attempt: () => T | null, { timeoutMs, signal, errorOf }: WaitLimit): Promise<T> {
    if (signal.aborted) throw errorOf('abort')
    const found = attempt()
    if (found !== null) return found
    if (this.waiting.size >= this.maxWaiting)
      throw new SessionError('exhausted', `${this.maxWaiting} requests wait for a replica already. Retry later`)
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        this.waiting.delete(waiter)
        clearTimeout(timer)
        signal.removeEventListener('abort', abort)
        settle()
      }
      const fail = (error: unknown) => end(() => reject(error))
      const abort = () => fail(errorOf('abort'))
      const timer = Number.isFinite(timeoutMs) ? setTimeout(() => fail(errorOf('timeout')), timeoutMs) : undefined
      const waiter: Waiter = {
        attempt: () => {
          try {
            const value = attempt()
            if (value !== null) end(() => resolve(value))
          } catch (error) {
            fail(error)
          }
        },
        reject: fail,
      }
      signal.addEventListener('abort', abort, { once: true })
      this.waiting.add(waiter)
    })
  }

  /** Lets all waiters try, the longest wait first. */
  wake(): void {
    for (const waiter of [...this.waiting]) waiter.attempt()
  }

  /** Ends all waits. */
  close(error: Error): void {
    for (const waiter of [...this.waiting]) waiter.reject(error)
  }
}
