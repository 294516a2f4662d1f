import type { GetModelResponse, RewardServiceHandlers, ScoreRequest__Output, TextFileChunk } from '@tandem/proto'
import type { Logger } from 'pino'
import { ServiceError, statusCodes } from '../errors.js'
import { sendTextFiles } from '../text-files.js'
import { withTimeLimit } from '../time-limit.js'
import type { Scorer } from './scorer.js'

/** What a reward service serves, and its limits. */
export interface RewardServiceOptions {
  readonly model: GetModelResponse
  readonly scorer: Pick<Scorer, 'score'>
  readonly textFiles: () => AsyncIterable<TextFileChunk>
  /** Maximum duration of a request. */
  readonly requestTimeoutMs: number
  readonly log: Logger
}

/** Implements `tandem.v1.RewardService` over a scorer. It knows messages, but not the model. */
export function createRewardHandlers({
  model,
  scorer,
  textFiles,
  requestTimeoutMs,
  log,
}: RewardServiceOptions): RewardServiceHandlers {
  const score = ({ sequences, timeoutMs }: ScoreRequest__Output, controller: AbortController) =>
    withTimeLimit(timeoutMs, requestTimeoutMs, controller, (signal) =>
      scorer.score(
        sequences.map(({ ids }) => ids),
        signal,
      ),
    )
  return {
    GetModel: (_call, callback) => callback(null, model),
    GetTextFiles: (call) => void sendTextFiles(textFiles, log, call),
    Score: (call, callback) => {
      const { request } = call
      const controller = new AbortController()
      call.on('cancelled', () =>
        controller.abort(new ServiceError(statusCodes.cancelled, 'the client has disconnected')),
      )
      score(request, controller).then(
        (scores) => callback(null, { scores }),
        (error: unknown) => {
          const { code, message } = ServiceError.from(error)
          if (code === statusCodes.internal) log.error({ traceparent: request.traceparent, err: error }, message)
          callback({ code, details: message })
        },
      )
    },
  }
}
