import type { ScoreRequest__Output } from '@tandem/proto'
import type { Logger } from 'pino'
import { epochMs } from '../engine/epoch-ms.js'
import type { WorkOutcome } from '../engine/work.js'
import { type Failure, ServiceError, statusCodes } from '../errors.js'
import { mergeWork } from '../telemetry/merge-work.js'
import type { MessageRecorder } from '../telemetry/message-recorder.js'
import { traceFields } from '../telemetry/trace-context.js'
import { withTimeLimit } from '../time-limit.js'
import type { Scorer } from './scorer.js'

/** The role of a reward model, in its handshake and its metrics. */
export const rewardRole = 'reward'

/** What answers the requests of a reward service. */
export interface ScoreAnswererOptions {
  readonly scorer: Pick<Scorer, 'score'>
  readonly requestTimeoutMs: number
  readonly record: MessageRecorder
  readonly log: Logger
}

/** Answers requests with the scorer, and records each answer. */
export class ScoreAnswerer {
  constructor(private readonly options: ScoreAnswererOptions) {}

  /** @throws ServiceError if a sequence cannot be scored, or the request is aborted */
  async answer(request: ScoreRequest__Output, controller: AbortController): Promise<number[]> {
    const { scorer, requestTimeoutMs, log } = this.options
    const outcomes: WorkOutcome[] = []
    const arrivedMs = epochMs()
    try {
      const sequences = request.sequences.map(({ ids }) => ids)
      const scores = await withTimeLimit(request.timeoutMs, requestTimeoutMs, controller, (signal) =>
        scorer.score(sequences, signal, (outcome) => outcomes.push(outcome)),
      )
      this.record(request, arrivedMs, outcomes, [])
      return scores
    } catch (error) {
      const failure = ServiceError.from(error)
      const { code, message } = failure
      if (code === statusCodes.internal) log.error({ ...traceFields(request.traceparent), err: error }, message)
      this.record(request, arrivedMs, outcomes, [failure])
      throw failure
    }
  }

  private record(
    { traceparent, sequences }: ScoreRequest__Output,
    arrivedMs: number,
    outcomes: readonly WorkOutcome[],
    failures: readonly Failure[],
  ): void {
    this.options.record({
      role: rewardRole,
      traceparent,
      tokens: sequences.reduce((sum, { ids }) => sum + ids.length, 0),
      arrivedMs,
      answeredMs: epochMs(),
      work: mergeWork(outcomes),
      failures: failures.map(({ code, message }) => ({ code, message, role: rewardRole })),
    })
  }
}
