import type { AppDependencies } from './dependencies.js'
import { requestSignal } from './request-signal.js'

/**
 * The lifetime of a request that waits for admission, from its arrival until its answer has ended.
 *
 * Its signal aborts when the client disconnects, the reader of its stream has disconnected, the
 * gateway stops, or the request timeout is over. In each of these cases the request releases its
 * place.
 */
export class RequestLifetime {
  readonly signal: AbortSignal
  private readonly reader = new AbortController()

  /** Starts the request timeout. */
  constructor(
    request: Request,
    private readonly dependencies: AppDependencies,
  ) {
    this.signal = requestSignal(request, dependencies, this.reader.signal)
  }

  /**
   * Waits for admission, and holds the place until the work is done.
   * @throws ApiError 429 if the queue is full
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const release = await this.admit()
    try {
      return await work()
    } finally {
      release()
    }
  }

  /**
   * Waits for admission, and holds the place until the stream has ended.
   * @param open opens the stream, which calls `onEnd` once, when it is over or its reader has
   *   disconnected
   * @throws ApiError 429 if the queue is full; errors of `open`
   */
  async stream(open: (onEnd: () => void) => Promise<Response>): Promise<Response> {
    const release = await this.admit()
    try {
      const response = await open(() => {
        this.reader.abort()
        release()
      })
      // A reader that neither reads nor disconnects holds its place only until the timeout.
      if (this.signal.aborted) release()
      else this.signal.addEventListener('abort', release, { once: true })
      return response
    } catch (error) {
      release()
      throw error
    }
  }

  private admit(): Promise<() => void> {
    return this.dependencies.admission.acquire(this.signal)
  }
}
