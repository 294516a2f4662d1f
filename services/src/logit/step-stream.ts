import type { ServerDuplexStream } from '@grpc/grpc-js'
import type { StepRequest__Output, StepResponse } from '@tandem/proto'
import { resourceExhausted, ServiceError, statusCodes } from '../errors.js'
import { toFailedResponse } from './step-response.js'

export type StepCall = ServerDuplexStream<StepRequest__Output, StepResponse>

export interface StreamBackend {
  /** Never rejects: what goes wrong is in the response. */
  answer(request: StepRequest__Output, controller: AbortController): Promise<StepResponse>
  closeSessions(sessionIds: string[]): void
}

/** Requests of one stream that may be under way at once; beyond it the stream is not read. */
const maxInFlight = 16
const maxTouched = 1024

/**
 * Serves one stream: responses in the order of the requests, work dropped when the stream dies, and the sessions that it touched
 * closed when it ends, however it ends.
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
    return Promise.resolve(toFailedResponse(request.requestId, error.toFailure()))
  }

  const respond = async (request: StepRequest__Output) => {
    const controller = new AbortController()
    inFlight.add(controller)
    if (inFlight.size >= maxInFlight) call.pause()
    const before = lastWritten
    const [response] = await Promise.all([answer(request, controller), before])
    if (!isOver) await write(call, response)
    // Under way until it is written: a peer that does not read its answers is not read from.
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

/** On arrival, in the order in which the engine works: a request that comes later may open again what this one closes. */
function touch(touched: Set<string>, request: StepRequest__Output): void {
  for (const step of request.steps) touched.add(step.sessionId)
  for (const fork of request.forks) touched.add(fork.toSessionId)
  for (const id of request.reorder?.sessionIds ?? []) touched.add(id)
  for (const id of request.closeSessionIds) touched.delete(id)
}

/** Waits where the peer reads slowly, until it has read or is gone. */
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
