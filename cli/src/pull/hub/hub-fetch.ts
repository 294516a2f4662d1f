import type { HubAccess } from './hub-access.js'
import { HubRefusal, HubUnreachable } from './hub-errors.js'

/** How long an answer may take that is no weights. */
const answerLimitMs = 60_000

/** Statuses that say to ask again later. */
const laterStatuses = [408, 425, 429, 500, 502, 503, 504]

/**
 * A `fetch` for the hub: it brings the token along, and what is no answer becomes one of two errors.
 * A request without a signal of its own has a limit of time.
 * @throws (when called) HubRefusal, HubUnreachable, or the reason of `signal`
 */
export function createHubFetch({ endpoint, token, offlineBy }: HubAccess, signal: AbortSignal): typeof fetch {
  const { origin } = new URL(endpoint)
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    if (offlineBy !== null) throw new HubUnreachable(`${offlineBy} is set`)
    const headers = new Headers(init?.headers)
    // fetch itself leaves it out where the hub sends on to another host.
    if (token !== null && url.origin === origin) headers.set('authorization', `Bearer ${token}`)
    const response = await fetch(url, {
      ...init,
      headers,
      signal: init?.signal ?? AbortSignal.any([signal, AbortSignal.timeout(answerLimitMs)]),
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
  const reason = headers.get('x-error-message') ?? (statusText || 'no reason is told')
  const code = headers.get('x-error-code') ?? ''
  const wait = headers.get('retry-after')
  if (laterStatuses.includes(status))
    return new HubUnreachable(`${status}: ${reason}${wait === null ? '' : `, retry after ${wait}`}`)
  return new HubRefusal(status, code, reason)
}

/** What lies under "fetch failed". */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (cause instanceof AggregateError && cause.errors.length > 0) return causeOf(cause.errors[0])
  return cause instanceof Error ? cause.message || cause.name : error.message
}
