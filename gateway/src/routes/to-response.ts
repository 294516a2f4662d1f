import { STATUS_CODES } from 'node:http'
import type { ApiError } from '../openai/api-error.js'

/** An error as the app answers it. */
export const toResponse = (error: ApiError): Response =>
  Response.json(error.body, {
    // 499 is for logs: a client that has gone reads no status.
    status: error.status,
    headers: headersOf(error),
  })

/** The same as the bytes of a whole HTTP/1.1 answer, after which the connection closes: for what is no request to any app. */
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

/** `x-should-retry`: OpenAI's clients try 408, 409, 429 and 5xx again; only what may be over soon is worth it. */
const headersOf = ({ headers, status }: ApiError): Record<string, string> => ({
  ...headers,
  'x-should-retry': String(status === 408 || status === 429 || status === 503),
})
