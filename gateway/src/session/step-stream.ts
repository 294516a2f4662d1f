import { type ClientDuplexStream, type ServiceError, status } from '@grpc/grpc-js'
import type { LogitServiceClient, StepRequest, StepResponse__Output } from '@tandem/proto'
import { SessionError, toSessionError } from './session-error.js'

/** How long a service may take to end a stream that was closed. */
const closeLimitMs = 5_000

/** What a stream ends with that nobody here has cancelled: a step's own failure comes in its response. */
const brokenStream: ReadonlySet<number> = new Set([status.CANCELLED, status.UNKNOWN, status.INTERNAL])

interface Waiting {
  readonly resolve: (response: StepResponse__Output) => void
  readonly reject: (error: SessionError) => void
}

/** Requests and their responses over one gRPC stream. Whatever ends the stream rejects all who wait, at once. */
export interface StepStream {
  send(request: StepRequest): Promise<StepResponse__Output>
  close(): void
}

/** @param service its name in errors: "the DPO service at 127.0.0.1:7002" */
export function openStepStream(client: LogitServiceClient, service: string, signal: AbortSignal): StepStream {
  const call: ClientDuplexStream<StepRequest, StepResponse__Output> = client.stepStream()
  const waiting = new Map<number, Waiting>()
  let nextRequestId = 1
  let ending: SessionError | undefined

  const fail = (error: SessionError) => {
    if (ending) return
    ending = error
    signal.removeEventListener('abort', abort)
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  const abort = () => {
    fail(SessionError.ofSignal(signal))
    call.cancel()
  }

  call.on('data', (response: StepResponse__Output) => {
    const found = waiting.get(response.requestId)
    waiting.delete(response.requestId)
    found?.resolve(response)
  })
  call.on('error', (error: ServiceError) => {
    const code = brokenStream.has(error.code) ? status.UNAVAILABLE : error.code
    fail(toSessionError(service, code, error.details, error))
  })
  call.on('end', () => fail(new SessionError('unavailable', `${service} has ended the stream of this answer`)))
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort)

  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        if (ending) return reject(ending)
        const requestId = nextRequestId++
        waiting.set(requestId, { resolve, reject })
        call.write({ ...request, requestId })
      }),
    close: () => {
      if (ending) return
      const isIdle = waiting.size === 0
      fail(new SessionError('aborted', 'the session is closed'))
      if (!isIdle) return call.cancel()
      call.end()
      const timer = setTimeout(() => call.cancel(), closeLimitMs).unref()
      call.on('status', () => clearTimeout(timer))
    },
  }
}
