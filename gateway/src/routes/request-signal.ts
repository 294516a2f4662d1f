import { withTimeout } from '@tandem/process'
import type { AppDependencies } from './dependencies.js'

/**
 * Creates a signal that aborts when the client disconnects, the gateway stops, the request timeout
 * is over, or another signal aborts.
 */
export const requestSignal = (
  request: Request,
  { stopping, limits }: AppDependencies,
  ...others: readonly AbortSignal[]
): AbortSignal => withTimeout(limits.requestTimeoutMs, request.signal, stopping, ...others)
