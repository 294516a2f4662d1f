import { createHash, timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { ApiError } from '../openai/api-error.js'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Asks for `Authorization: Bearer KEY`, compared in constant time; without keys everyone may pass. */
export function requireApiKey(keys: readonly string[]): MiddlewareHandler {
  const digests = keys.map(digest)
  return async (context, next) => {
    if (digests.length > 0) assertKey(context.req.header('authorization'), digests)
    await next()
  }
}

/**
 * Who may reuse whose prompts in the services: requests with one key and one `cache_salt` share, others never, since the speed of an answer would tell
 * that somebody else has sent its beginning.
 */
export function prefixScopeOf(authorization: string | undefined, salt: string | undefined): string {
  const ofKey = digest(authorization ?? '')
  const scope = salt === undefined ? ofKey : createHash('sha256').update(ofKey).update(salt).digest()
  return scope.toString('hex').slice(0, 32)
}

function assertKey(header: string | undefined, digests: readonly Buffer[]): void {
  const [, key] = /^Bearer\s+(\S+)\s*$/i.exec(header ?? '') ?? []
  const found = digest(key ?? '')
  // Every key is compared, so that the time tells nothing.
  const matches = digests.filter((expected) => timingSafeEqual(expected, found)).length
  if (key !== undefined && matches > 0) return
  const message = key === undefined ? 'send your API key as "Authorization: Bearer KEY"' : 'this API key is not known'
  throw new ApiError(401, message, {
    type: 'authentication_error',
    code: 'invalid_api_key',
    headers: { 'www-authenticate': 'Bearer' },
  })
}
