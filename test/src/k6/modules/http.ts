import { callBlocking } from '../blocking-call.js'
import type { HttpReply } from '../calls.js'
import { registry } from '../metrics-registry.js'
import { assertKeys, onlyKnown } from './only-known.js'

type IsExpected = (status: number) => boolean

interface Params {
  readonly headers?: Record<string, string>
  readonly tags?: Record<string, string>
  readonly timeout?: string
  readonly responseType?: 'text'
  readonly responseCallback?: IsExpected
}

const known: readonly (keyof Params)[] = ['headers', 'tags', 'timeout', 'responseType', 'responseCallback']
const between200And399: IsExpected = (status) => status >= 200 && status <= 399
const timeoutMs = 120_000

/** The part of k6's Response that the scripts read. */
function send(method: string, url: string, body: string | null, params: Params): object {
  registry.assertRunning(`${method} ${url}`)
  assertKeys('params of k6/http', params, known)
  const { headers = {}, tags = {}, responseCallback = between200And399 } = params
  const reply = callBlocking({ type: 'http', method, url, body, headers, timeoutMs })
  record(reply, tags, responseCallback(reply.status))
  const { status, error, durationMs: duration, waitingMs: waiting } = reply
  const timings = onlyKnown('timings', { duration, waiting, receiving: duration - waiting })
  return onlyKnown('Response', { status, error, headers: reply.headers, body: reply.body, url, timings })
}

function record({ durationMs, waitingMs }: HttpReply, tags: Record<string, string>, isExpected: boolean): void {
  registry.add('http_reqs', 1, tags)
  registry.add('http_req_failed', isExpected ? 0 : 1, tags)
  registry.add('http_req_duration', durationMs, tags)
  registry.add('http_req_waiting', waitingMs, tags)
}

export default onlyKnown('k6/http', {
  get: (url: string, params: Params = {}) => send('GET', url, null, params),
  post: (url: string, body: string | null, params: Params = {}) => send('POST', url, body, params),
  expectedStatuses:
    (...statuses: number[]): IsExpected =>
    (status) =>
      statuses.includes(status),
})
