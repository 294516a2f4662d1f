import type { GetLoadResponse, GetModelResponse, RewardServiceHandlers, TextFileChunk } from '@tandem/proto'
import { noTelemetry, spanNames, type Telemetry } from '@tandem/telemetry'
import type { Logger } from 'pino'
import { ServiceError, statusCodes } from '../errors.js'
import { createMessageRecorder } from '../telemetry/message-recorder.js'
import { sendTextFiles } from '../text-files.js'
import { ScoreAnswerer } from './answer-score.js'
import type { Scorer } from './scorer.js'

/** What a reward service serves, and its limits. */
export interface RewardServiceOptions {
  readonly model: GetModelResponse
  /** Id of the model in its manifest, for metrics. */
  readonly modelName: string
  readonly scorer: Pick<Scorer, 'score'>
  readonly textFiles: () => AsyncIterable<TextFileChunk>
  readonly load: () => GetLoadResponse
  /** Maximum duration of a request. */
  readonly requestTimeoutMs: number
  readonly log: Logger
  readonly telemetry?: Telemetry
}

/** Implements `tandem.v1.RewardService` over a scorer. It knows messages, but not the model. */
export function createRewardHandlers({
  telemetry = noTelemetry,
  ...options
}: RewardServiceOptions): RewardServiceHandlers {
  const record = createMessageRecorder(telemetry, options.modelName, spanNames.score)
  const answerer = new ScoreAnswerer({ ...options, record })
  return {
    GetModel: (_call, callback) => callback(null, options.model),
    GetLoad: (_call, callback) => callback(null, options.load()),
    GetTextFiles: (call) => void sendTextFiles(options.textFiles, options.log, call),
    Score: (call, callback) => {
      const controller = new AbortController()
      call.on('cancelled', () =>
        controller.abort(new ServiceError(statusCodes.cancelled, 'the client has disconnected')),
      )
      answerer.answer(call.request, controller).then(
        (scores) => callback(null, { scores }),
        (error: unknown) => {
          const { code, message } = ServiceError.from(error)
          callback({ code, details: message })
        },
      )
    },
  }
}
