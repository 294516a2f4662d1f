import { type ClientDuplexStream, type ServiceError, status } from '@grpc/grpc-js'
import { BufferGarbage } from '@tandem/process'
import { type LogitServiceClient, responseBytes, type StepRequest, type StepResponse__Output } from '@tandem/proto'
import { SessionError, toSessionError } from '../contract/session-error.js'

/** Time limit for a service to end a closed stream. */
const closeLimitMs = 5_000

/**
 * Statuses of a stream that this process has not cancelled, if its connection
 * breaks. Failed steps have responses.
 */
const brokenStream: ReadonlySet<number> = new Set([status.CANCELLED, status.UNKNOWN, status.INTERNAL])

/** A row exists in the frames of HTTP/2, in the message of gRPC, and as numbers. */
const copiesOfRow = 3
const garbage = new BufferGarbage()

/** A response, and when it arrived on the clock of performance.now(). */
export interface ReceivedResponse {
  readonly response: StepResponse__Output
  readonly receivedMs: number
}

interface PendingRequest {
  readonly resolve: (received: ReceivedResponse) => void
  readonly reject: (error: SessionError) => void
}

/**
 * Requests and their responses over one gRPC stream. When the stream
 * ends, all pending requests reject.
 */
export interface StepStream {
  /** False once the stream has ended, for any reason. */
  readonly isOpen: boolean
  send(request: StepRequest): Promise<ReceivedResponse>
  close(): void
}

/**
 * Opens a stream for steps.
 * @param service the service's name in errors: "the DPO service at 127.0.0.1:7002"
 */
export function openStepStream(client: LogitServiceClient, service: string, signal: AbortSignal): StepStream {
  const call: ClientDuplexStream<StepRequest, StepResponse__Output> = client.stepStream()
  const pending = new Map<number, PendingRequest>()
  let nextRequestId = 1
  let ending: SessionError | undefined

  const fail = (error: SessionError) => {
    if (ending) return
    ending = error
    signal.removeEventListener('abort', abort)
    for (const { reject } of pending.values()) reject(error)
    pending.clear()
  }
  const abort = () => {
    fail(SessionError.ofSignal(signal))
    call.cancel()
  }

  call.on('data', (response: StepResponse__Output) => {
    if (ending) return
    const { requestId } = response
    // Responses come in the order of their requests.
    const [oldestId] = pending.keys()
    const found = requestId === oldestId ? pending.get(requestId) : undefined
    if (!found) {
      const expected = oldestId === undefined ? 'none' : `one to request ${oldestId}`
      const message = `${service} sent a response to request ${requestId}: expected ${expected}`
      fail(new SessionError('internal', message))
      call.cancel()
      return
    }
    pending.delete(requestId)
    garbage.add(copiesOfRow * responseBytes(response))
    found.resolve({ response, receivedMs: performance.now() })
  })
  call.on('error', (error: ServiceError) => {
    const code = brokenStream.has(error.code) ? status.UNAVAILABLE : error.code
    fail(toSessionError(service, code, error.details, error))
  })
  call.on('end', () =>
    fail(new SessionError('unavailable', `${service} ended the stream before the answer was complete`)),
  )
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort)

  return {
    get isOpen() {
      return ending === undefined
    },
    send: (request) =>
      new Promise((resolve, reject) => {
        if (ending) return reject(ending)
        const requestId = nextRequestId++
        pending.set(requestId, { resolve, reject })
        call.write({ ...request, requestId })
      }),
    close: () => {
      if (ending) return
      const isIdle = pending.size === 0
      fail(new SessionError('aborted', 'the session is closed'))
      if (!isIdle) return call.cancel()
      call.end()
      const timer = setTimeout(() => call.cancel(), closeLimitMs).unref()
      call.on('status', () => clearTimeout(timer))
    },
  }
}
