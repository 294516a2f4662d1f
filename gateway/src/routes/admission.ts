import { ApiError } from '../openai/api-error.js'
import { SessionError } from '../session/session-error.js'

export interface AdmissionLimits {
  readonly maxConcurrent: number
  readonly maxWaiting: number
}

/** Lets so many requests run at once, so many more wait in turn, and refuses the rest. */
export class Admission {
  private running = 0
  private readonly waiting: (() => void)[] = []

  constructor(readonly limits: AdmissionLimits) {}

  /**
   * Waits for a place; the returned function gives it back, once.
   * @throws ApiError 429 where too many wait; SessionError where the signal ends the wait
   */
  async enter(signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) throw SessionError.ofSignal(signal)
    if (this.running < this.limits.maxConcurrent) this.running++
    else await this.wait(signal)
    let isLeft = false
    return () => {
      if (isLeft) return
      isLeft = true
      const next = this.waiting.shift()
      // The place goes over without becoming free, so that nobody can slip in.
      if (next) next()
      else this.running--
    }
  }

  private wait(signal: AbortSignal): Promise<void> {
    const { maxConcurrent, maxWaiting } = this.limits
    if (this.waiting.length >= maxWaiting)
      throw new ApiError(429, `${maxConcurrent} requests run and ${maxWaiting} wait already: try again later`, {
        type: 'rate_limit_error',
        code: 'too_many_requests',
        headers: { 'retry-after': '1' },
      })
    return new Promise((resolve, reject) => {
      const take = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        this.waiting.splice(this.waiting.indexOf(take), 1)
        reject(SessionError.ofSignal(signal))
      }
      signal.addEventListener('abort', leave, { once: true })
      this.waiting.push(take)
    })
  }
}
