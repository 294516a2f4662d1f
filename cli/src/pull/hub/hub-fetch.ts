import { withTimeout } from '@tandem/process'
import type { HubAccess } from './hub-access.js'
import { HubRefusal, HubUnreachable } from './hub-errors.js'

/** Time limit of a request without its own signal. */
const answerLimitMs = 60_000

/** Statuses that ask to retry later. */
const laterStatuses = [408, 425, 429, 500, 502, 503, 504]

/**
 * Creates a `fetch` for the hub. It sends the token, and a failure becomes one of two errors.
 * A request without its own signal has a time limit.
 * The `fetch` throws HubRefusal, HubUnreachable, or the reason of `signal`.
 */
export function createHubFetch({ endpoint, token, offlineBy }: HubAccess, signal: AbortSignal): typeof fetch {
  const { origin } = new URL(endpoint)
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    if (offlineBy !== null) throw new HubUnreachable(`${offlineBy} is set`)
    const headers = new Headers(init?.headers)
    // fetch itself removes the header if the hub redirects to another host.
    if (token !== null && url.origin === origin) headers.set('authorization', `Bearer ${token}`)
    const response = await fetch(url, {
      ...init,
      headers,
      signal: init?.signal ?? withTimeout(answerLimitMs, signal),
    }).catch((error: unknown) => {
      signal.throwIfAborted()
      throw new HubUnreachable(causeOf(error), { cause: error })
    })
    if (response.ok) return response
    await response.body?.cancel()
    throw refusalOf(response)
  }
}

function refusalOf({ status, statusText, headers }: Response): Error {
  const reason = headers.get('x-error-message') ?? (statusText || 'no reason given')
  const code = headers.get('x-error-code') ?? ''
  const wait = headers.get('retry-after')
  if (laterStatuses.includes(status))
    return new HubUnreachable(`${status}: ${reason}${wait === null ? '' : `, retry after ${wait}`}`)
  return new HubRefusal(status, code, reason)
}

/** Returns the message below "fetch failed". */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (cause instanceof AggregateError && cause.errors.length > 0) return causeOf(cause.errors[0])
  return cause instanceof Error ? cause.message || cause.name : error.message
}
