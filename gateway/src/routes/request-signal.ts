import type { AppDependencies } from './dependencies.js'

/**
 * Creates a signal that aborts when the client disconnects, the gateway stops, the request timeout
 * is over, or another signal aborts.
 */
export const requestSignal = (
  request: Request,
  { stopping, limits }: AppDependencies,
  ...others: readonly AbortSignal[]
): AbortSignal => AbortSignal.any([request.signal, stopping, AbortSignal.timeout(limits.requestTimeoutMs), ...others])
