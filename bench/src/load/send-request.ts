import { once } from 'node:events'
import { type Agent, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { EventReader } from './event-reader.js'
import type { Outcome, RequestRecord } from './request-record.js'
import { StreamRecord } from './stream-record.js'

/** A request to send. */
export interface LoadRequest {
  /** The path of the endpoint: "/v1/chat/completions". */
  readonly path: string
  readonly body: object
  /** The client goes away after this number of events with content. Null: it reads all. */
  readonly abortAfter: number | null
}

/** How to send requests. */
export interface SendOptions {
  /** The URL of the server, without a path. */
  readonly url: string
  /** Its limits of sockets bound the connections. */
  readonly agent: Agent
  readonly apiKey: string | null
  /** Maximum time of a request, in milliseconds. */
  readonly timeoutMs: number
  /** Ends the request. */
  readonly signal: AbortSignal
}

/** Sends a request, reads its whole answer, and returns what a client saw. Never rejects. */
export async function sendRequest(load: LoadRequest, options: SendOptions): Promise<RequestRecord> {
  const sentAtMs = performance.now()
  const answer = new StreamRecord(sentAtMs)
  let response: IncomingMessage | null = null
  const finish = (outcome: Outcome, error: string | null = null): RequestRecord => ({
    sentAtMs,
    endedAtMs: performance.now(),
    outcome,
    status: response?.statusCode ?? null,
    hasRetryAfter: response?.headers['retry-after'] !== undefined,
    ...answer.result(),
    error,
  })
  try {
    response = await post(load, options)
    if (response.statusCode !== 200) return finish('refused', await text(response))
    if (await readAnswer(response, answer, load.abortAfter)) return finish('aborted')
  } catch (error) {
    return finish('failed', error instanceof Error ? error.message : String(error))
  }
  if (answer.error !== null) return finish('failed', answer.error)
  return answer.isComplete ? finish('completed') : finish('incomplete', 'the answer ended without its end mark')
}

async function post({ path, body }: LoadRequest, options: SendOptions): Promise<IncomingMessage> {
  const { url, agent, apiKey, timeoutMs } = options
  const authorization = apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }
  const json = JSON.stringify(body)
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(json),
    ...authorization,
  }
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(timeoutMs)])
  const sent = request(`${url}${path}`, { method: 'POST', agent, headers, signal })
  sent.end(json)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return response
}

/** Reads an answer. Returns whether this client went away before its end. */
async function readAnswer(response: IncomingMessage, answer: StreamRecord, abortAfter: number | null) {
  if (!response.headers['content-type']?.startsWith('text/event-stream')) {
    answer.addWhole(await text(response))
    return false
  }
  const reader = new EventReader()
  for await (const bytes of response) {
    const atMs = performance.now()
    for (const data of reader.push(bytes as Uint8Array)) answer.add(data, atMs)
    // Leaving the loop destroys the response, and with it the connection.
    if (abortAfter !== null && answer.contentEvents >= abortAfter) return true
  }
  return false
}
