import { Agent as HttpAgent, type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'

/** An OpenAI-compatible server. */
export interface Server {
  /** `http://127.0.0.1:8080`, with or without a `/v1` at its end. */
  readonly url: string
  readonly apiKey?: string | undefined
}

/** An answer of a server, whatever its status. */
export interface HttpAnswer {
  readonly status: number
  /** The header retry-after. */
  readonly retryAfter: string | undefined
  readonly text: string
}

/** Maximum bytes of an answer. */
const maxAnswerBytes = 64 * 2 ** 20

/**
 * Connections to a server that stay open between requests. Close it. It does not use fetch, which
 * ends every request whose answer takes longer than five minutes.
 */
export class Connection {
  readonly url: string
  /** When a request last had an outcome, as `performance.now`; 0: not yet. `ask` sets it. */
  lastOutcomeMs = 0
  private readonly agent: HttpAgent
  private readonly headers: Readonly<Record<string, string>>

  /** @param maxSockets maximum requests at once */
  constructor({ url, apiKey }: Server, maxSockets: number) {
    this.url = url.replace(/\/+$/, '').replace(/\/v1$/, '')
    const options = { keepAlive: true, maxSockets }
    this.agent = this.url.startsWith('https:') ? new HttpsAgent(options) : new HttpAgent(options)
    this.headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }
  }

  /**
   * Sends a GET request.
   * @throws Error if there is no answer; the signal's reason
   */
  get(path: string, signal: AbortSignal): Promise<HttpAnswer> {
    return this.send(path, { method: 'GET', headers: this.headers }, '', signal)
  }

  /**
   * Sends a POST request with a JSON body.
   * @throws Error if there is no answer; the signal's reason
   */
  post(path: string, body: object, requestId: string, signal: AbortSignal): Promise<HttpAnswer> {
    const text = JSON.stringify(body)
    const own = {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(text)),
      'x-request-id': requestId,
    }
    return this.send(path, { method: 'POST', headers: { ...this.headers, ...own } }, text, signal)
  }

  /** Closes the connections. */
  close(): void {
    this.agent.destroy()
  }

  private async send(path: string, options: RequestOptions, body: string, signal: AbortSignal): Promise<HttpAnswer> {
    signal.throwIfAborted()
    const url = new URL(`${this.url}${path}`)
    const start = url.protocol === 'https:' ? requestHttps : requestHttp
    try {
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        start(url, { ...options, agent: this.agent, signal }, resolve)
          .once('error', reject)
          .end(body)
      })
      return await readAnswer(answer)
    } catch (error) {
      signal.throwIfAborted()
      throw error
    }
  }
}

async function readAnswer(answer: IncomingMessage): Promise<HttpAnswer> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of answer as AsyncIterable<Buffer>) {
    parts.push(part)
    length += part.length
    if (length > maxAnswerBytes) throw new Error(`the answer has more than ${maxAnswerBytes} bytes`)
  }
  const text = Buffer.concat(parts).toString('utf8')
  return { status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'], text }
}
