import type { MiddlewareHandler } from 'hono'
import { ApiError } from '../openai/api-error.js'
import { SessionError } from '../session/contract/session-error.js'
import { countError } from '../telemetry/request-metrics.js'
import type { AppDependencies } from './dependencies.js'
import { toResponse } from './to-response.js'

const message = 'the gateway is stopping and accepts no new requests: send the request again'

/** Refuses requests with 503 and Retry-After once the gateway only finishes its open answers. */
export function refuseWhileStopping({
  stage,
  telemetry,
}: Pick<AppDependencies, 'stage' | 'telemetry'>): MiddlewareHandler {
  return async (_context, next) => {
    if (stage.current !== 'refusing') return next()
    // Not thrown: the log would report each as an error of the gateway.
    const error = ApiError.from(new SessionError('unavailable', message))
    countError(telemetry.metrics, error, null)
    return toResponse(error)
  }
}
