import type { AppDependencies } from './dependencies.js'

/** Ends with the client, with the gateway, after the longest that a request may take, or with another signal. */
export const requestSignal = (
  request: Request,
  { stopping, limits }: AppDependencies,
  ...others: readonly AbortSignal[]
): AbortSignal => AbortSignal.any([request.signal, stopping, AbortSignal.timeout(limits.requestTimeoutMs), ...others])
