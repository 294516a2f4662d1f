import { STATUS_CODES } from 'node:http'
import type { ApiError } from '../openai/api-error.js'

/** Converts an error to the app's answer. */
export const toResponse = (error: ApiError): Response =>
  Response.json(error.body, {
    // 499 appears only in logs: the client has disconnected and reads no status.
    status: error.status,
    headers: headersOf(error),
  })

/**
 * Converts an error to a complete HTTP/1.1 answer that closes the connection, for requests that
 * Node could not parse.
 */
export function toHttpMessage(error: ApiError, requestId: string): string {
  const body = JSON.stringify(error.body)
  const headers = {
    ...headersOf(error),
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-request-id': requestId,
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ''}\r\n${lines.join('')}\r\n${body}`
}

/**
 * Headers of an error. Without `x-should-retry`, OpenAI's clients retry all of 408, 409, 429 and
 * 5xx.
 */
const headersOf = ({ headers, status }: ApiError): Record<string, string> => ({
  ...headers,
  'x-should-retry': String(status === 408 || status === 429 || status === 503),
})
