import http, { type RefinedResponse } from 'k6/http'
import { url } from './settings.ts'

/** A response with a body of text. */
export type TextResponse = RefinedResponse<'text'>

/** Longer than the gateway lets a request take. */
const timeout = '330s'

/** A refused request is an answer too: the limits of the server work as they should. */
const expected = http.expectedStatuses(200, 429)

const authorization: Record<string, string> = __ENV.TANDEM_API_KEY
  ? { Authorization: `Bearer ${__ENV.TANDEM_API_KEY}` }
  : {}

/** Sends a GET. `name` groups the requests in k6's summary. */
export const get = (path: string, name: string): TextResponse =>
  http.get(`${url}${path}`, { headers: authorization, tags: { name }, responseType: 'text', timeout })

/** Sends a POST with a body of JSON. */
export const post = (path: string, body: object, name: string): TextResponse =>
  http.post(`${url}${path}`, JSON.stringify(body), {
    headers: { 'Content-Type': 'application/json', ...authorization },
    tags: { name },
    responseType: 'text',
    responseCallback: expected,
    timeout,
  })

/** Returns the parsed body, or null if it is not JSON. */
export function jsonOf<T>({ body }: TextResponse): T | null {
  try {
    return JSON.parse(body) as T
  } catch {
    return null
  }
}
