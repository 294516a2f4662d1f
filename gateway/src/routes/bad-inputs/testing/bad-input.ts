import { toyKeys } from '../../../testing/guarded-toys.js'
import type { HttpRequest } from './http-client.js'

/** A request and its expected answer. Omitted fields are those of a valid completion request. */
export interface BadInput extends Partial<HttpRequest> {
  /** The name of the test; derived from the request by default. */
  readonly name?: string
  /** Replaces fields of a valid body. */
  readonly fields?: Readonly<Record<string, unknown>>
  /** Replaces the whole body. */
  readonly text?: string | Buffer
  /** Replaces the whole connection: bytes, and pauses in milliseconds. */
  readonly raw?: readonly (string | number)[]
  /** The API key; null for none. Default: one whose limits refuse no request. */
  readonly key?: string | null
  /** How many times the request is sent; the last answer counts. Default: 1. */
  readonly times?: number
  readonly status: number
  readonly param?: string | null
  readonly code?: string | null
  /** A part of the error's message. */
  readonly message?: string
  /** A part of a valid answer. */
  readonly contains?: string
}

/** The API key of requests that do not name another one. */
export const apiKey = toyKeys.ample

const validFields = (path: string) =>
  path.includes('chat')
    ? { model: 'toy', messages: [{ role: 'user', content: 'hi' }], max_tokens: 1 }
    : { model: 'toy', prompt: [4, 388, 365], max_tokens: 1 }

/** The request of an input that replaces no whole connection. */
export function toRequest(input: BadInput): HttpRequest {
  const { method = 'POST', path = '/v1/completions', fields = {}, text, headers = {}, parts, key = apiKey } = input
  const body = text ?? JSON.stringify({ ...validFields(path), ...fields })
  const length = parts ? {} : { 'content-length': `${Buffer.byteLength(body)}` }
  const authorization = key === null ? {} : { authorization: `Bearer ${key}` }
  const type = { 'content-type': 'application/json' }
  const all = { ...authorization, ...type, ...(method === 'POST' ? length : {}), ...headers }
  return { method, path, headers: all, parts: parts ?? (method === 'POST' ? [body] : []) }
}
