import { SessionError } from '../contract/session-error.js'

/**
 * Shares one call among all callers that wait at the same time. The call is
 * cancelled when the last one stops waiting.
 */
export class SharedCall<T> {
  private running: { readonly answer: Promise<T>; readonly controller: AbortController; waiting: number } | null = null

  /** @param call started if none is running; its signal aborts when no caller waits any more */
  constructor(private readonly call: (signal: AbortSignal) => Promise<T>) {}

  /** Waits for the shared call. @throws SessionError as soon as the signal aborts */
  async join(signal: AbortSignal): Promise<T> {
    if (signal.aborted) throw SessionError.ofSignal(signal)
    const running = this.running ?? this.start()
    this.running = running
    running.waiting++
    try {
      return await raceSignal(running.answer, signal)
    } finally {
      if (--running.waiting === 0) {
        running.controller.abort()
        if (this.running === running) this.running = null
      }
    }
  }

  private start() {
    const controller = new AbortController()
    return { answer: this.call(controller.signal), controller, waiting: 0 }
  }
}

function raceSignal<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = () => reject(SessionError.ofSignal(signal))
    signal.addEventListener('abort', cancel, { once: true })
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', cancel))
  })
}
