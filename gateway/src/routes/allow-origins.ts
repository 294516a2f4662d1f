import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'

/** A browser asks again after so long, in seconds. */
const maxAge = 600

/**
 * Lets pages of these origins, and no others, use the server from a browser (CORS). A preflight carries no key and needs none.
 * Request headers are not restricted: clients add their own, and an origin that is named here is trusted.
 */
export function allowOrigins(origins: readonly string[]): MiddlewareHandler {
  const allow = cors({
    origin: [...origins],
    allowMethods: ['GET', 'HEAD', 'POST'],
    exposeHeaders: ['x-request-id', 'x-should-retry', 'retry-after'],
    maxAge,
  })
  return async (context, next) => {
    if (origins.includes(context.req.header('origin') ?? '')) return allow(context, next)
    // All others are answered as without this, but by no cache in place of an origin that is allowed.
    await next()
    context.header('vary', 'Origin', { append: true })
  }
}
