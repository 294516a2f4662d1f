import type {
  GetModelResponse,
  LogitServiceHandlers,
  StepRequest__Output,
  StepResponse,
  TextFileChunk,
} from '@tandem/proto'
import type { Logger } from 'pino'
import type { EngineDescription } from '../engine/engine.js'
import type { LogitBackend } from '../engine/thread/host.js'
import { ServiceError, statusCodes } from '../errors.js'
import { sendTextFiles } from '../text-files.js'
import { withTimeLimit } from '../time-limit.js'
import { parseWork, type StepModels } from './parse-work.js'
import { toFailedResponse, toStepResponse } from './step-response.js'
import { serveStepStream } from './step-stream.js'

/** What a logit service serves, and its limits. */
export interface LogitServiceOptions {
  readonly model: GetModelResponse
  readonly description: EngineDescription
  readonly models: StepModels
  readonly backend: LogitBackend
  readonly textFiles: () => AsyncIterable<TextFileChunk>
  /** Maximum duration of a request. */
  readonly requestTimeoutMs: number
  readonly log: Logger
}

/**
 * Implements `tandem.v1.LogitService` over an engine. It knows messages and session ids, but not
 * logits.
 */
export function createLogitHandlers(options: LogitServiceOptions): LogitServiceHandlers {
  const answer = (request: StepRequest__Output, controller: AbortController) => answerStep(options, request, controller)
  return {
    GetModel: (_call, callback) => callback(null, options.model),
    GetTextFiles: (call) => void sendTextFiles(options.textFiles, options.log, call),
    Step: (call, callback) => {
      const controller = new AbortController()
      call.on('cancelled', () =>
        controller.abort(new ServiceError(statusCodes.cancelled, 'the client has disconnected')),
      )
      void answer(call.request, controller).then((response) => callback(null, response))
    },
    StepStream: (call) => serveStepStream(call, { answer, closeSessions: (ids) => options.backend.closeSessions(ids) }),
  }
}

async function answerStep(
  { backend, description, models, requestTimeoutMs, log }: LogitServiceOptions,
  request: StepRequest__Output,
  controller: AbortController,
): Promise<StepResponse> {
  try {
    const outcome = await withTimeLimit(request.timeoutMs, requestTimeoutMs, controller, (signal) =>
      backend.run(parseWork(request, description, models), signal),
    )
    for (const failure of [outcome.failure, ...outcome.results.map((result) => result.failure)])
      if (failure?.code === statusCodes.internal) log.error({ traceparent: request.traceparent }, failure.message)
    return toStepResponse(request.requestId, outcome)
  } catch (error) {
    const failure = ServiceError.from(error)
    if (failure.code === statusCodes.internal)
      log.error({ traceparent: request.traceparent, err: error }, failure.message)
    return toFailedResponse(request.requestId, failure.toFailure())
  }
}
