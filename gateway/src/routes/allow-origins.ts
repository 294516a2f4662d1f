import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { limitHeaders } from './key-limit-headers.js'

/** Time for which a browser caches a preflight answer, in seconds. */
const maxAge = 600

/**
 * Allows only pages of these origins to use the server from a browser (CORS). A preflight request
 * needs no API key. Request headers are not restricted: clients add their own, and the operator
 * trusts the listed origins.
 */
export function allowOrigins(origins: readonly string[]): MiddlewareHandler {
  const allow = cors({
    origin: [...origins],
    allowMethods: ['GET', 'HEAD', 'POST'],
    exposeHeaders: ['x-request-id', 'x-should-retry', 'retry-after', ...limitHeaders],
    maxAge,
  })
  return async (context, next) => {
    if (origins.includes(context.req.header('origin') ?? '')) return allow(context, next)
    // Other origins get the normal answer. `Vary` keeps caches from serving it to an allowed
    // origin.
    await next()
    context.header('vary', 'Origin', { append: true })
  }
}
