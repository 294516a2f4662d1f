import { ServiceError, statusCodes } from './errors.js'

/**
 * Runs a request under its time limit: what it asks for (0: nothing), at most the service's.
 * @param controller of the request; aborted with DEADLINE_EXCEEDED once the time is over
 */
export async function withTimeLimit<T>(
  askedMs: number,
  mostMs: number,
  controller: AbortController,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limitMs = Math.min(askedMs || mostMs, mostMs)
  const late = () => controller.abort(new ServiceError(statusCodes.deadlineExceeded, `not done within ${limitMs} ms`))
  const timer = setTimeout(late, limitMs)
  try {
    return await run(controller.signal)
  } finally {
    clearTimeout(timer)
  }
}
