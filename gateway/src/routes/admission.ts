import { ApiError } from '../openai/api-error.js'
import { type ConcurrencyBounds, ConcurrencyLimit } from '../session/waiting/concurrency-limit.js'

/** Admission of requests: limits how many run and how many wait; refuses all others with 429. */
export class Admission extends ConcurrencyLimit {
  constructor(limits: ConcurrencyBounds) {
    super(limits, refuse)
  }
}

const refuse = ({ maxConcurrent, maxWaiting }: ConcurrencyBounds): ApiError =>
  new ApiError(
    429,
    `the queue is full: ${maxConcurrent} requests are running and ${maxWaiting} are waiting. Retry later`,
    {
      type: 'rate_limit_error',
      code: 'too_many_requests',
      headers: { 'retry-after': '1' },
    },
  )
