import { ApiError } from '../openai/api-error.js'
import { type ConcurrencyBounds, ConcurrencyLimit } from '../session/concurrency-limit.js'

/** The places of requests that decode. */
export class Admission extends ConcurrencyLimit {
  constructor(limits: ConcurrencyBounds) {
    super(limits, refuse)
  }
}

const refuse = ({ maxConcurrent, maxWaiting }: ConcurrencyBounds): ApiError =>
  new ApiError(429, `${maxConcurrent} requests run and ${maxWaiting} wait already: try again later`, {
    type: 'rate_limit_error',
    code: 'too_many_requests',
    headers: { 'retry-after': '1' },
  })
