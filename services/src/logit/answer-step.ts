import type { StepRequest__Output, StepResponse } from '@tandem/proto'
import type { Logger } from 'pino'
import type { EngineDescription } from '../engine/engine.js'
import { epochMs } from '../engine/epoch-ms.js'
import type { LogitBackend } from '../engine/thread/host.js'
import type { WorkOutcome } from '../engine/work.js'
import { type Failure, ServiceError, statusCodes } from '../errors.js'
import { joinRoles } from '../telemetry/join-roles.js'
import type { MessageRecorder } from '../telemetry/message-recorder.js'
import { type MessageFailure, type MessageWork, noWork } from '../telemetry/served-message.js'
import { traceFields } from '../telemetry/trace-context.js'
import { withTimeLimit } from '../time-limit.js'
import { parseWork, type StepModels } from './parse-work.js'
import type { SessionNamespace } from './session-namespace.js'
import { toFailedResponse, toStepResponse } from './step-response.js'
import type { StreamBackend } from './step-stream.js'

/** What answers the messages of a logit service. */
export interface StepAnswererOptions {
  readonly backend: LogitBackend
  readonly description: EngineDescription
  readonly models: StepModels
  /** Role of the model of a step that names no role. */
  readonly role: string
  readonly requestTimeoutMs: number
  readonly record: MessageRecorder
  readonly log: Logger
}

/** Answers the messages of one connection with the engine, and records each answer. */
export class StepAnswerer implements StreamBackend {
  constructor(
    private readonly options: StepAnswererOptions,
    private readonly namespace: SessionNamespace,
  ) {}

  async answer(request: StepRequest__Output, controller: AbortController): Promise<StepResponse> {
    const { namespace } = this
    const { backend, description, models, requestTimeoutMs } = this.options
    const arrivedMs = epochMs()
    try {
      const found = await withTimeLimit(request.timeoutMs, requestTimeoutMs, controller, (signal) =>
        backend.run(parseWork(request, description, { models, namespace }), signal),
      )
      const outcome = namespace.stripOutcome(found)
      const response = toStepResponse(request.requestId, outcome)
      this.record(request, arrivedMs, outcome, this.failuresOf(request, outcome))
      return response
    } catch (error) {
      return this.fail(request, arrivedMs, error)
    }
  }

  refuse(request: StepRequest__Output, error: ServiceError): StepResponse {
    return this.fail(request, epochMs(), error)
  }

  closeSessions(sessionIds: readonly string[]): void {
    this.options.backend.closeSessions(sessionIds.map((id) => this.namespace.idOf(id)))
  }

  private fail(request: StepRequest__Output, arrivedMs: number, error: unknown): StepResponse {
    const found = ServiceError.from(error).toFailure()
    const failure = { ...found, message: this.namespace.strip(found.message) }
    this.record(request, arrivedMs, noWork, [{ ...failure, role: this.roleOf(request) }], { err: error })
    return toFailedResponse(request.requestId, failure)
  }

  private record(
    request: StepRequest__Output,
    arrivedMs: number,
    work: MessageWork,
    failures: readonly MessageFailure[],
    logged: { err?: unknown } = {},
  ): void {
    const { log, record } = this.options
    const { steps, traceparent } = request
    for (const { code, message } of failures)
      if (code === statusCodes.internal) log.error({ ...traceFields(traceparent), ...logged }, message)
    const tokens = steps.reduce((sum, { tokenIds }) => sum + tokenIds.length, 0)
    record({ role: this.roleOf(request), traceparent, tokens, arrivedMs, answeredMs: epochMs(), work, failures })
  }

  private failuresOf(request: StepRequest__Output, { failure, results }: WorkOutcome): MessageFailure[] {
    const withRole = (found: Failure | null, role: string) => (found === null ? [] : [{ ...found, role }])
    const ofSteps = results.flatMap((result, i) => withRole(result.failure, this.stepRole(request.steps[i]?.role)))
    return [...withRole(failure, this.roleOf(request)), ...ofSteps]
  }

  /** The role of the message's steps; both roles of a pair if it has steps of both. */
  private roleOf({ steps }: StepRequest__Output): string {
    return steps.length === 0 ? this.options.role : joinRoles(steps.map(({ role }) => this.stepRole(role)))
  }

  /** A role that the service does not know counts as its own: a label has few values. */
  private stepRole(role = ''): string {
    const { models, role: own } = this.options
    return models.byRole.has(role) ? role : own
  }
}
