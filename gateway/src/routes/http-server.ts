import { randomUUID } from 'node:crypto'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { getRequestListener, RequestError } from '@hono/node-server'
import { ApiError } from '../openai/api-error.js'
import type { createApp } from './app.js'
import { toHttpMessage, toResponse } from './to-response.js'

export interface ReceiveLimits {
  /** How long a client may take to send a request: its headers, and its body with them. */
  readonly receiveTimeoutMs: number
}

/** Bytes of a request's line and headers together: Node's own default, which its errors tell. */
const maxHeaderBytes = 16_384

/** How long a client has to read why it was refused. */
const lingerMs = 500

/** Node's HTTP server in front of the app. What never gets to the app is refused in the app's form. */
export function createHttpServer(app: ReturnType<typeof createApp>, { receiveTimeoutMs }: ReceiveLimits): Server {
  const listener = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    errorHandler: (error) => withRequestId(toResponse(describeFailure(error))),
  })
  const answers = new WeakMap<Duplex, ServerResponse>()
  const timeouts = {
    headersTimeout: receiveTimeoutMs,
    requestTimeout: receiveTimeoutMs,
    connectionsCheckingInterval: Math.ceil(receiveTimeoutMs / 10),
  }
  // The listener asks for a Host header too, and its refusal is in our form.
  const options = { ...timeouts, maxHeaderSize: maxHeaderBytes, requireHostHeader: false }
  const server = createServer(options, (request, response) => {
    answers.set(request.socket, response)
    void listener(request, response)
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // In the middle of an answer another one would be taken for its end.
    const isAnswering = answers.get(socket)?.headersSent && !answers.get(socket)?.writableFinished
    if (!socket.writable || isAnswering) socket.destroy()
    else refuse(socket, describeFault(error.code, receiveTimeoutMs))
  })
  server.on('connect', ({ method }, socket: Duplex) =>
    refuse(
      socket,
      new ApiError(405, `${method} is not taken: this server is no proxy`, { code: 'method_not_allowed' }),
    ),
  )
  server.on('checkExpectation', (request) =>
    refuse(request.socket, new ApiError(417, 'the header Expect may say 100-continue alone; leave it out')),
  )
  return server
}

function describeFault(code: string | undefined, receiveTimeoutMs: number): ApiError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new ApiError(
      431,
      `the request's line and headers are larger than the ${maxHeaderBytes} bytes that this server takes`,
    )
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new ApiError(408, `the request did not come whole within ${receiveTimeoutMs} ms; send it again`)
  return unreadable(
    'expected HTTP/1.1 without control characters, and a body either of one Content-Length or in chunks',
  )
}

const describeFailure = (error: unknown): ApiError =>
  error instanceof RequestError ? unreadable('its path or its Host header is not valid') : ApiError.from(error)

const unreadable = (why: string): ApiError => new ApiError(400, `the request cannot be read: ${why}`)

function refuse(socket: Duplex, error: ApiError): void {
  socket.on('error', () => socket.destroy())
  socket.end(toHttpMessage(error, randomUUID()))
  // Closed at once, what the client has sent and nobody read would take the answer from it.
  setTimeout(() => socket.destroy(), lingerMs).unref()
}

function withRequestId(response: Response): Response {
  response.headers.set('x-request-id', randomUUID())
  return response
}
