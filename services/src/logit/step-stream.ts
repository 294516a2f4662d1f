import type { ServerDuplexStream } from '@grpc/grpc-js'
import { BufferGarbage } from '@tandem/process'
import { responseBytes, type StepRequest__Output, type StepResponse } from '@tandem/proto'
import { resourceExhausted, ServiceError, statusCodes } from '../errors.js'

export type StepCall = ServerDuplexStream<StepRequest__Output, StepResponse>

/** Answers the requests of a stream. */
export interface StreamBackend {
  /** Answers a request. It never rejects: failures are in the response. */
  answer(request: StepRequest__Output, controller: AbortController): Promise<StepResponse>
  /** Answers a request that is not passed to the engine. */
  refuse(request: StepRequest__Output, error: ServiceError): StepResponse
  closeSessions(sessionIds: readonly string[]): void
}

/** Maximum number of unanswered requests of a stream. At the limit, the stream is not read. */
const maxInFlight = 16
/** Maximum number of open sessions of a stream. */
const maxTouched = 1024
/** A row exists as the engine made it, in the encoded message, and in the frame of gRPC. */
const copiesOfRow = 3
const garbage = new BufferGarbage()

/**
 * Serves one stream. It answers in the order of the requests. When the stream ends for any reason,
 * it drops the remaining work and closes the sessions that the stream opened.
 */
export function serveStepStream(call: StepCall, backend: StreamBackend): void {
  const touched = new Set<string>()
  const inFlight = new Set<AbortController>()
  let lastWritten: Promise<void> = Promise.resolve()
  let isOver = false

  const finish = () => {
    if (isOver) return
    isOver = true
    const reason = new ServiceError(statusCodes.cancelled, 'the stream ended before the answer')
    for (const controller of inFlight) controller.abort(reason)
    backend.closeSessions([...touched])
  }

  const answer = (request: StepRequest__Output, controller: AbortController): Promise<StepResponse> => {
    touch(touched, request)
    if (touched.size <= maxTouched) return backend.answer(request, controller)
    const error = resourceExhausted(
      `the stream has more than ${maxTouched} open sessions: close some, or open another stream`,
    )
    return Promise.resolve(backend.refuse(request, error))
  }

  const respond = async (request: StepRequest__Output) => {
    const controller = new AbortController()
    inFlight.add(controller)
    if (inFlight.size >= maxInFlight) call.pause()
    const before = lastWritten
    const [response] = await Promise.all([answer(request, controller), before])
    if (!isOver) await write(call, response)
    garbage.add(copiesOfRow * responseBytes(response))
    // A request is in flight until its answer is written: if a client does not read, its requests
    // are not read either.
    inFlight.delete(controller)
    call.resume()
  }

  call.on('data', (request: StepRequest__Output) => {
    lastWritten = respond(request)
  })
  call.on('end', () => {
    const end = async () => {
      await lastWritten
      finish()
      call.end()
    }
    void end()
  })
  call.on('cancelled', finish)
  call.on('close', finish)
  call.on('error', finish)
}

/**
 * Records a request's sessions on arrival, in the engine's order: a later request may open again
 * what this one closes.
 */
function touch(touched: Set<string>, request: StepRequest__Output): void {
  for (const step of request.steps) touched.add(step.sessionId)
  for (const fork of request.forks) touched.add(fork.toSessionId)
  for (const id of request.reorder?.sessionIds ?? []) touched.add(id)
  for (const id of request.closeSessionIds) touched.delete(id)
}

/**
 * Writes a response. If the client reads slowly, it waits until the client has read or has
 * disconnected.
 */
async function write(call: StepCall, response: StepResponse): Promise<void> {
  if (call.write(response) || call.cancelled) return
  await new Promise<void>((resolve) => {
    const events = ['drain', 'cancelled', 'close', 'error'] as const
    const done = () => {
      for (const event of events) call.off(event, done)
      resolve()
    }
    for (const event of events) call.on(event, done)
  })
}
