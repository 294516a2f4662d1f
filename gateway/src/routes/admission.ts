import { ApiError } from '../openai/api-error.js'
import { type TurnLimits, Turns } from '../session/concurrency-limit.js'

/** The places of requests that decode. */
export class Admission extends Turns {
  constructor(limits: TurnLimits) {
    super(limits, refuse)
  }
}

const refuse = ({ maxConcurrent, maxWaiting }: TurnLimits): ApiError =>
  new ApiError(429, `${maxConcurrent} requests run and ${maxWaiting} wait already: try again later`, {
    type: 'rate_limit_error',
    code: 'too_many_requests',
    headers: { 'retry-after': '1' },
  })
