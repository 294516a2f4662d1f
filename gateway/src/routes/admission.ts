import { estimateRetrySeconds } from '../access/retry-after.js'
import { Throughput } from '../access/throughput.js'
import { ApiError } from '../openai/api-error.js'
import { type ConcurrencyBounds, ConcurrencyLimit } from '../session/waiting/concurrency-limit.js'

/**
 * Admission of requests: limits how many run and how many wait; refuses all others with 429 and the
 * time in which the queue is likely to have emptied.
 */
export class Admission extends ConcurrencyLimit {
  private readonly throughput: Throughput

  constructor(limits: ConcurrencyBounds) {
    const throughput = new Throughput()
    super(limits, (bounds) => refuse(bounds, throughput))
    this.throughput = throughput
  }

  /** As of `ConcurrencyLimit`. It measures how many requests end while all slots are taken. */
  override acquire(signal: AbortSignal): Promise<() => void> {
    this.beginIfFull()
    return super.acquire(signal)
  }

  /** As of `ConcurrencyLimit`, with the same measurement. */
  override tryAcquire(): (() => void) | null {
    this.beginIfFull()
    return super.tryAcquire()
  }

  private beginIfFull(): void {
    if (this.open + 1 === this.bounds.maxConcurrent) this.throughput.begin(performance.now())
  }

  protected override onRelease(): void {
    this.throughput.count(performance.now())
  }
}

function refuse({ maxConcurrent, maxWaiting }: ConcurrencyBounds, throughput: Throughput): ApiError {
  const seconds = estimateRetrySeconds(maxWaiting, throughput.perSecond(performance.now()))
  return new ApiError(
    429,
    `the queue is full: ${maxConcurrent} requests are running and ${maxWaiting} are waiting. Retry in ${seconds} s`,
    {
      type: 'rate_limit_error',
      code: 'too_many_requests',
      headers: { 'retry-after': String(seconds) },
    },
  )
}
