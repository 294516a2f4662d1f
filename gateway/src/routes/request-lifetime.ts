import type { KeyRequest } from '../access/key-usage.js'
import type { AppDependencies } from './dependencies.js'
import { ExtraPlaces } from './extra-places.js'
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
  /**
   * Takes a place for one more prompt that runs at the same time.
   * @returns the function that gives it back; null if no place is free, or the API key has no room
   */
  readonly tryPlace: () => (() => void) | null
  private readonly extra: ExtraPlaces
  private readonly reader = new AbortController()

  /**
   * Starts the request timeout.
   * @param place the request's place among those of its API key
   */
  constructor(
    request: Request,
    private readonly dependencies: AppDependencies,
    private readonly place: KeyRequest,
  ) {
    this.signal = requestSignal(request, dependencies, this.reader.signal)
    this.extra = new ExtraPlaces(dependencies.admission, place)
    this.tryPlace = () => this.extra.tryTake()
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

  /** The returned function ends the request for its API key too. */
  private async admit(): Promise<() => void> {
    try {
      const release = await this.dependencies.admission.acquire(this.signal)
      return () => {
        this.extra.close()
        release()
        this.place.end()
      }
    } catch (error) {
      this.place.refundPrompt()
      throw error
    }
  }
}
