import { SessionError } from './session-error.js'

/** One call for all who wait for the same answer at the same time. It is cancelled when the last of them has gone. */
export class SharedCall<T> {
  private running: { readonly answer: Promise<T>; readonly cancel: AbortController; waiting: number } | null = null

  /** @param call made where none is under way; its signal tells that nobody waits any more */
  constructor(private readonly call: (signal: AbortSignal) => Promise<T>) {}

  /** @throws SessionError as soon as the signal ends this wait */
  async join(signal: AbortSignal): Promise<T> {
    if (signal.aborted) throw SessionError.ofSignal(signal)
    const running = this.running ?? this.start()
    this.running = running
    running.waiting++
    try {
      return await raceSignal(running.answer, signal)
    } finally {
      if (--running.waiting === 0) {
        running.cancel.abort()
        if (this.running === running) this.running = null
      }
    }
  }

  private start() {
    const cancel = new AbortController()
    return { answer: this.call(cancel.signal), cancel, waiting: 0 }
  }
}

function raceSignal<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(SessionError.ofSignal(signal))
    signal.addEventListener('abort', leave, { once: true })
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}
