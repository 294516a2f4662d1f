import { randomUUID } from 'node:crypto'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { getRequestListener, RequestError } from '@hono/node-server'
import { ApiError } from '../openai/api-error.js'
import type { createApp } from './app.js'
import { toHttpMessage, toResponse } from './to-response.js'

/** Limits of a connection. */
export interface ConnectionLimits {
  /** Maximum time for a client to send a request with its headers and body, in milliseconds. */
  readonly receiveTimeoutMs: number
  /** Maximum time of a request that was received, in milliseconds. */
  readonly requestTimeoutMs: number
}

/** Maximum bytes of the request line and headers together. It is Node's default; errors name it. */
const maxHeaderBytes = 16_384

/** Time after the end of a request in which its client can read the rest, in milliseconds. */
const readMs = 5_000
/** Maximum delay of a timer, in milliseconds. */
const maxTimerMs = 2 ** 31 - 1

/** Time for a client to read the refusal before the connection closes, in milliseconds. */
const lingerMs = 500

/**
 * Creates Node's HTTP server for the app. Requests that do not reach the app are refused with the
 * app's error format.
 */
export function createHttpServer(
  app: ReturnType<typeof createApp>,
  { receiveTimeoutMs, requestTimeoutMs }: ConnectionLimits,
): Server {
  const listener = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    errorHandler: (error) => withRequestId(toResponse(toApiError(error))),
  })
  const answers = new OpenAnswers()
  const timeouts = {
    headersTimeout: receiveTimeoutMs,
    requestTimeout: receiveTimeoutMs,
    connectionsCheckingInterval: Math.ceil(receiveTimeoutMs / 10),
  }
  // The listener also requires a Host header, and refuses in our error format.
  const options = { ...timeouts, maxHeaderSize: maxHeaderBytes, requireHostHeader: false }
  const server = createServer(options, (request, response) => {
    answers.add(request.socket, response)
    limitAnswer(request.socket, response, receiveTimeoutMs + requestTimeoutMs + readMs)
    void listener(request, response)
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // In the middle of an answer the client would read the refusal as a part of the answer.
    if (!socket.writable || answers.isAnswering(socket)) socket.destroy()
    else refuse(socket, describeClientError(error.code, receiveTimeoutMs))
  })
  server.on('connect', ({ method }, socket: Duplex) =>
    refuse(
      socket,
      new ApiError(405, `${method} is not supported: this server is not a proxy`, { code: 'method_not_allowed' }),
    ),
  )
  server.on('checkExpectation', (request) =>
    refuse(request.socket, new ApiError(417, 'the header Expect supports only 100-continue; remove it')),
  )
  return server
}

/**
 * Closes the connection if the client has not taken the answer in time: one that neither reads nor
 * disconnects would keep it, and what waits in it.
 */
function limitAnswer(socket: Duplex, answer: ServerResponse, limitMs: number): void {
  const timer = setTimeout(() => socket.destroy(), Math.min(limitMs, maxTimerMs)).unref()
  answer.once('close', () => clearTimeout(timer))
}

/** The answers of each connection that are not over. A client may send requests ahead. */
class OpenAnswers {
  private readonly open = new WeakMap<Duplex, Set<ServerResponse>>()

  add(socket: Duplex, answer: ServerResponse): void {
    const answers = this.open.get(socket) ?? this.connect(socket)
    answers.add(answer)
    answer.once('close', () => answers.delete(answer))
  }

  /** Whether a part of an answer has been sent. */
  isAnswering(socket: Duplex): boolean {
    return [...(this.open.get(socket) ?? [])].some(
      ({ headersSent, writableFinished }) => headersSent && !writableFinished,
    )
  }

  /** Node closes only the answer that it is sending, not those that wait for their turn. */
  private connect(socket: Duplex): Set<ServerResponse> {
    const answers = new Set<ServerResponse>()
    this.open.set(socket, answers)
    socket.once('close', () => {
      for (const answer of answers) if (!answer.socket) answer.destroy().emit('close')
    })
    return answers
  }
}

function describeClientError(code: string | undefined, receiveTimeoutMs: number): ApiError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new ApiError(431, `the request line and headers are larger than the limit of ${maxHeaderBytes} bytes`)
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new ApiError(408, `the request was not complete within ${receiveTimeoutMs} ms; send it again`)
  return unreadable(
    'expected HTTP/1.1 without control characters, and a body with either one Content-Length or chunked encoding',
  )
}

const toApiError = (error: unknown): ApiError =>
  error instanceof RequestError ? unreadable('its path or its Host header is not valid') : ApiError.from(error)

const unreadable = (why: string): ApiError => new ApiError(400, `the request cannot be read: ${why}`)

function refuse(socket: Duplex, error: ApiError): void {
  socket.on('error', () => socket.destroy())
  socket.end(toHttpMessage(error, randomUUID()))
  // An immediate close with unread input would reset the connection, and the client would lose the
  // answer.
  setTimeout(() => socket.destroy(), lingerMs).unref()
}

function withRequestId(response: Response): Response {
  response.headers.set('x-request-id', randomUUID())
  return response
}
