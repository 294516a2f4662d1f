import { createHash } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import type { ApiKey } from '../access/api-key.js'
import { digestKey } from '../access/digest-key.js'
import type { KeyStore } from '../access/key-store.js'
import { ApiError } from '../openai/api-error.js'
import type { AppEnvironment } from './dependencies.js'

/** Paths that `requireApiKey` leaves open: exact paths, for all methods. */
export type OpenPaths = readonly string[]

/**
 * Requires `Authorization: Bearer KEY` for every path that is not open, unknown paths included.
 * Without keys all requests pass.
 */
export function requireApiKey(keys: KeyStore, openPaths: OpenPaths): MiddlewareHandler<AppEnvironment> {
  const open = new Set(openPaths)
  return async (context, next) => {
    context.set('key', null)
    if (!keys.isEmpty) {
      const { authorization } = context.req.header()
      if (open.has(context.req.path)) context.set('key', findKey(authorization, keys))
      else context.set('key', assertKey(authorization, keys))
    }
    await next()
  }
}

/**
 * The scope of the prefix cache in the services: requests share cached prompts only if they have
 * the same API key and the same `cache_salt`. Otherwise the speed of an answer would reveal that
 * another client has sent the beginning of the prompt.
 */
export function prefixScopeOf(authorization: string | undefined, salt: string | undefined): string {
  const keyDigest = digestKey(authorization ?? '')
  const scope = salt === undefined ? keyDigest : createHash('sha256').update(keyDigest).update(salt).digest()
  return scope.toString('hex').slice(0, 32)
}

/** Reads the key of `Authorization: Bearer KEY`. */
const readKey = (header = ''): string | undefined => /^Bearer\s+(\S+)\s*$/i.exec(header)?.[1]

function findKey(header: string | undefined, keys: KeyStore): ApiKey | null {
  const text = readKey(header)
  return text === undefined ? null : keys.find(text)
}

function assertKey(header: string | undefined, keys: KeyStore): ApiKey {
  const key = findKey(header, keys)
  if (key) return key
  const isMissing = readKey(header) === undefined
  throw new ApiError(401, isMissing ? 'missing API key: send it as "Authorization: Bearer KEY"' : 'invalid API key', {
    type: 'authentication_error',
    code: 'invalid_api_key',
    headers: { 'www-authenticate': 'Bearer' },
  })
}
