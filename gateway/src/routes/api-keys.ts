import { createHash, timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { ApiError } from '../openai/api-error.js'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/**
 * Requires `Authorization: Bearer KEY`, compared in constant time. Without keys all requests pass.
 */
export function requireApiKey(keys: readonly string[]): MiddlewareHandler {
  const digests = keys.map(digest)
  return async (context, next) => {
    if (digests.length > 0) assertKey(context.req.header('authorization'), digests)
    await next()
  }
}

/**
 * The scope of the prefix cache in the services: requests share cached prompts only if they have
 * the same API key and the same `cache_salt`. Otherwise the speed of an answer would reveal that
 * another client has sent the beginning of the prompt.
 */
export function prefixScopeOf(authorization: string | undefined, salt: string | undefined): string {
  const keyDigest = digest(authorization ?? '')
  const scope = salt === undefined ? keyDigest : createHash('sha256').update(keyDigest).update(salt).digest()
  return scope.toString('hex').slice(0, 32)
}

function assertKey(header: string | undefined, digests: readonly Buffer[]): void {
  const [, key] = /^Bearer\s+(\S+)\s*$/i.exec(header ?? '') ?? []
  const found = digest(key ?? '')
  // Compares with all keys, so that the time does not depend on which one matches.
  const matches = digests.filter((expected) => timingSafeEqual(expected, found)).length
  if (key !== undefined && matches > 0) return
  const message = key === undefined ? 'missing API key: send it as "Authorization: Bearer KEY"' : 'invalid API key'
  throw new ApiError(401, message, {
    type: 'authentication_error',
    code: 'invalid_api_key',
    headers: { 'www-authenticate': 'Bearer' },
  })
}
