import { SessionError } from './session-error.js'

export interface TurnLimits {
  readonly maxConcurrent: number
  readonly maxWaiting: number
}

/** Lets so many run at once, so many more wait in turn, and refuses the rest. */
export class Turns {
  private running = 0
  private readonly waiting: (() => void)[] = []

  /** @param refuse what those get for whom there is no place to wait */
  constructor(
    readonly limits: TurnLimits,
    private readonly refuse: (limits: TurnLimits) => Error,
  ) {}

  /**
   * Waits for a place; the returned function gives it back, once.
   * @throws what `refuse` gives where too many wait; SessionError where the signal ends the wait
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
    if (this.waiting.length >= this.limits.maxWaiting) throw this.refuse(this.limits)
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
