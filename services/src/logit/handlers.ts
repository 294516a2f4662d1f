import { randomUUID } from 'node:crypto'
import type { ServerUnaryCall } from '@grpc/grpc-js'
import type {
  GetLoadResponse,
  GetModelResponse,
  LogitServiceHandlers,
  StepRequest__Output,
  StepResponse,
  TextFileChunk,
} from '@tandem/proto'
import { noTelemetry, spanNames, type Telemetry } from '@tandem/telemetry'
import type { Logger } from 'pino'
import type { EngineDescription } from '../engine/engine.js'
import type { LogitBackend } from '../engine/thread/host.js'
import { ServiceError, statusCodes } from '../errors.js'
import { createMessageRecorder } from '../telemetry/message-recorder.js'
import { sendTextFiles } from '../text-files.js'
import { StepAnswerer } from './answer-step.js'
import type { StepModels } from './parse-work.js'
import { SessionNamespace } from './session-namespace.js'
import { type StepCall, serveStepStream } from './step-stream.js'

/** What a logit service serves, and its limits. */
export interface LogitServiceOptions {
  readonly model: GetModelResponse
  /** Id of the model in its manifest, for metrics. */
  readonly modelName: string
  readonly description: EngineDescription
  readonly models: StepModels
  readonly backend: LogitBackend
  readonly textFiles: () => AsyncIterable<TextFileChunk>
  readonly load: () => GetLoadResponse
  /** Maximum duration of a request. */
  readonly requestTimeoutMs: number
  readonly log: Logger
  readonly telemetry?: Telemetry
}

/**
 * Implements `tandem.v1.LogitService` over an engine. It knows messages and session ids, but not
 * logits.
 */
export function createLogitHandlers({
  telemetry = noTelemetry,
  ...options
}: LogitServiceOptions): LogitServiceHandlers {
  const record = createMessageRecorder(telemetry, options.modelName, spanNames.step)
  // The servers of one engine have different ids.
  const server = randomUUID()
  const answererOf = (call: StepCall | ServerUnaryCall<StepRequest__Output, StepResponse>) =>
    new StepAnswerer({ ...options, role: options.model.role ?? '', record }, SessionNamespace.of(call, server))
  return {
    GetModel: (_call, callback) => callback(null, options.model),
    GetLoad: (_call, callback) => callback(null, options.load()),
    GetTextFiles: (call) => void sendTextFiles(options.textFiles, options.log, call),
    Step: (call, callback) => {
      const controller = new AbortController()
      call.on('cancelled', () =>
        controller.abort(new ServiceError(statusCodes.cancelled, 'the client has disconnected')),
      )
      void answererOf(call)
        .answer(call.request, controller)
        .then((response) => callback(null, response))
    },
    StepStream: (call) => serveStepStream(call, answererOf(call)),
  }
}
