import autocannon from 'autocannon'
import type { LoadTarget } from './load-target.js'

/** A route that does not stream. */
export interface Route {
  readonly name: string
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: object
}

/** What was measured on a route. Times are milliseconds. */
export interface RouteResult {
  readonly name: string
  readonly perSecond: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  /** Responses with a status from 200 to 299. */
  readonly succeeded: number
  /** Responses with another status. */
  readonly refused: number
  /** Requests without a response. */
  readonly failed: number
}

/** Connections, each with one request at a time. */
export const routeConnections = 4
/** Maximum time of a request, in seconds. */
const timeout = 60

/** Returns the routes that are loaded. The completion is one token after a cached prompt. */
export const routesOf = (model: string): readonly Route[] => [
  { name: 'GET /health', method: 'GET', path: '/health' },
  { name: 'GET /v1/models', method: 'GET', path: '/v1/models' },
  {
    name: 'POST /tokenize',
    method: 'POST',
    path: '/tokenize',
    body: { model, prompt: 'Why do cats purr? '.repeat(20) },
  },
  {
    name: 'POST /v1/completions, 1 token',
    method: 'POST',
    path: '/v1/completions',
    body: { model, prompt: 'Why do cats purr?', max_tokens: 1 },
  },
]

/** Loads a route in a closed loop, with autocannon. @param seconds length of the load */
export async function loadRoute(
  { url, apiKey }: LoadTarget,
  { name, method, path, body }: Route,
  seconds: number,
  signal: AbortSignal,
): Promise<RouteResult> {
  signal.throwIfAborted()
  const authorization: Record<string, string> = apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }
  const headers = { 'content-type': 'application/json', ...authorization }
  const given = body === undefined ? {} : { body: JSON.stringify(body) }
  const request = { url: `${url}${path}`, method, headers, ...given }
  const result = await runAutocannon({ ...request, connections: routeConnections, duration: seconds, timeout }, signal)
  const { latency, requests, '2xx': succeeded, non2xx: refused, errors: failed } = result
  return {
    name,
    perSecond: requests.average,
    p50: latency.p50,
    p90: latency.p90,
    p99: latency.p99,
    succeeded,
    refused,
    failed,
  }
}

function runAutocannon(options: autocannon.Options, signal: AbortSignal): Promise<autocannon.Result> {
  return new Promise((resolve, reject) => {
    const stop = () => instance.stop()
    const instance = autocannon(options, (error: Error | null, result) => {
      signal.removeEventListener('abort', stop)
      if (error) reject(error)
      else resolve(result)
    })
    signal.addEventListener('abort', stop, { once: true })
  })
}
