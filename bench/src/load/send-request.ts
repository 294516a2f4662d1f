import { once } from 'node:events'
import { type Agent, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { messageOf, withTimeout } from '@tandem/process'
import { EventReader } from './event-reader.js'
import type { Outcome, RequestRecord } from './request-record.js'
import { StreamRecord } from './stream-record.js'

/** A request to send. */
export interface LoadRequest {
  /** The path of the endpoint: "/v1/chat/completions". */
  readonly path: string
  readonly body: object
  /** The client goes away this time after the send, in milliseconds. Null: it reads all. */
  readonly abortAfterMs: number | null
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
  const leaving = load.abortAfterMs === null ? null : AbortSignal.timeout(load.abortAfterMs)
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
    response = await post(load, options, leaving)
    if (response.statusCode !== 200) return finish('refused', await text(response))
    await readAnswer(response, answer)
  } catch (error) {
    if (leaving?.aborted) return finish('aborted')
    return finish('failed', messageOf(error))
  }
  if (answer.error !== null) return finish('failed', answer.error)
  return answer.isComplete ? finish('completed') : finish('incomplete', 'the answer ended without its end mark')
}

async function post(
  { path, body }: LoadRequest,
  options: SendOptions,
  leaving: AbortSignal | null,
): Promise<IncomingMessage> {
  const { url, agent, apiKey, timeoutMs } = options
  const authorization = apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }
  const json = JSON.stringify(body)
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(json),
    ...authorization,
  }
  const signal = withTimeout(timeoutMs, options.signal, ...(leaving ? [leaving] : []))
  const sent = request(`${url}${path}`, { method: 'POST', agent, headers, signal })
  sent.end(json)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return response
}

async function readAnswer(response: IncomingMessage, answer: StreamRecord): Promise<void> {
  if (!response.headers['content-type']?.startsWith('text/event-stream')) {
    answer.addWhole(await text(response))
    return
  }
  const reader = new EventReader()
  for await (const bytes of response) {
    const atMs = performance.now()
    for (const data of reader.push(bytes as Uint8Array)) answer.add(data, atMs)
  }
}
