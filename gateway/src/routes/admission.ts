import { ApiError } from '../openai/api-error.js'
import { type TurnLimits, Turns } from '../session/turns.js'

/** Admission of requests: limits how many run and how many wait; refuses all others with 429. */
export class Admission extends Turns {
  constructor(limits: TurnLimits) {
    super(limits, refuse)
  }
}

const refuse = ({ maxConcurrent, maxWaiting }: TurnLimits): ApiError =>
  new ApiError(
    429,
    `the queue is full: ${maxConcurrent} requests are running and ${maxWaiting} are waiting. Retry later`,
    {
      type: 'rate_limit_error',
      code: 'too_many_requests',
      headers: { 'retry-after': '1' },
    },
  )
