import { ServiceError, statusCodes } from './errors.js'

/**
 * Runs a request with a time limit.
 * @param requestedMs limit that the request asks for; 0: none
 * @param maxMs limit of the service
 * @param controller of the request; aborted with DEADLINE_EXCEEDED when the time is over
 */
export async function withTimeLimit<T>(
  requestedMs: number,
  maxMs: number,
  controller: AbortController,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limitMs = Math.min(requestedMs || maxMs, maxMs)
  const expire = () =>
    controller.abort(
      new ServiceError(statusCodes.deadlineExceeded, `the request was not finished within ${limitMs} ms`),
    )
  const timer = setTimeout(expire, limitMs)
  try {
    return await run(controller.signal)
  } finally {
    clearTimeout(timer)
  }
}
