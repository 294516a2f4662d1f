import { type Context, propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import { attributeNames as names, spanNames } from '@tandem/telemetry'
import type { Logger } from 'pino'
import type { Delta } from '../decode/answers/generation-event.js'
import type { GenerationRequest } from '../decode/answers/generation-request.js'
import type { PreparedRequest } from '../openai/answer/answer.js'
import { ApiError } from '../openai/api-error.js'
import { SessionError } from '../session/contract/session-error.js'
import type { OnFailover } from '../session/failover/failover.js'
import { RequestAnswers } from './answer-times.js'
import type { GatewayTelemetry } from './gateway-telemetry.js'
import { PromptRecorder } from './prompt-recorder.js'
import { type Operation, toRequestAttributes } from './request-attributes.js'
import { RequestContent } from './request-content.js'
import { RequestFailovers } from './request-failovers.js'
import { RequestGauges } from './request-gauges.js'
import { toLogFields } from './request-log.js'
import { recordRequest } from './request-metrics.js'
import { RequestSpan } from './request-span.js'
import { answerCountOf, type RequestSummary } from './request-summary.js'
import { Timeline } from './timeline.js'
import { WriteTimes } from './write-times.js'

/** What is known of a request when it arrives. */
export interface Arrival {
  readonly operation: Operation
  readonly route: string
  /** The request's headers, by their names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The name of the request's API key; null without one. */
  readonly keyName: string | null
  readonly log: Logger
}

/** The value of `x-tandem-trace` that asks for a span per token. */
const tokensHeader = 'tokens'

/**
 * Records one request from its arrival until the last byte of its answer has left: its span, its
 * metrics and its line in the log.
 */
export class RequestRecorder {
  /** Records that work of the request has left its replica. */
  readonly onFailover: OnFailover = (failover) => this.failovers.add(failover, this.span)
  private readonly arrivedMs = performance.now()
  private readonly parent: Context
  private readonly gauges: RequestGauges
  private readonly answers = new RequestAnswers()
  private readonly failovers: RequestFailovers
  private readonly writes = new WriteTimes()
  private readonly content: RequestContent
  /** Null if nobody asks for timelines. */
  private readonly timeline: Timeline | null
  private span: RequestSpan | null = null
  private request: PreparedRequest | null = null
  private isDetailed = false
  private bodyReadMs: number | null = null
  private waitingSinceMs: number | null = null
  private admittedMs: number | null = null
  private failure: ApiError | null = null
  private isOver = false

  constructor(
    private readonly telemetry: GatewayTelemetry,
    private readonly arrival: Arrival,
  ) {
    this.parent = propagation.extract(ROOT_CONTEXT, arrival.headers)
    this.gauges = new RequestGauges(telemetry.metrics)
    this.failovers = new RequestFailovers(telemetry.metrics)
    this.content = new RequestContent(telemetry.hasContent)
    this.timeline = telemetry.sendTimeline && new Timeline()
  }

  /**
   * Records that the prompt is encoded and the request can run.
   * @param bodyReadMs when the body had been read, of `performance.now()`
   */
  prepared(request: PreparedRequest, body: Readonly<Record<string, unknown>>, bodyReadMs: number): void {
    // The client has disconnected while the prompt was encoded.
    if (this.isOver) return
    this.request = request
    this.bodyReadMs = bodyReadMs
    const asks = this.arrival.headers['x-tandem-trace'] === tokensHeader || request.head.returnsTimings
    const span = this.startSpan(asks)
    if (!span.isRecording) return
    this.isDetailed = asks || Math.random() < this.telemetry.tokenRatio
    span.rename(`${this.arrival.operation} ${request.head.model}`)
    span.setAttributes({ ...toRequestAttributes(request), ...this.content.ofBody(body) })
    span.addChild(spanNames.prompt, bodyReadMs, performance.now())
  }

  /** The W3C trace context of the request's span, for services; empty if it is not sampled. */
  get traceparent(): string {
    return this.span?.traceparent ?? ''
  }

  /** Records that the request begins to wait for admission. */
  waiting(): void {
    this.waitingSinceMs = performance.now()
    this.gauges.waiting()
  }

  /** Records that the request may run. */
  admitted(): void {
    this.admittedMs = performance.now()
    this.gauges.running()
    this.span?.addChild(spanNames.admission, this.waitingSinceMs ?? this.admittedMs, this.admittedMs)
  }

  /**
   * Creates the recorder of the next prompt of the request.
   * @param firstIndex index of its first answer among the answers to all prompts
   */
  recordPrompt(request: GenerationRequest, firstIndex: number): PromptRecorder {
    return new PromptRecorder(this.telemetry, {
      span: this.span ?? this.startSpan(false),
      isDetailed: this.isDetailed,
      strategy: this.request?.head.decoding.strategy ?? request.strategy.name,
      keyName: this.arrival.keyName,
      onDelta: (answer, delta) => this.observe(firstIndex + answer, delta),
    })
  }

  /** Runs `send`, which formats a chunk or a body and passes it on, and records its time. */
  write<T>(send: () => T): T {
    const startMs = performance.now()
    const result = send()
    const endMs = performance.now()
    this.writes.add(startMs, endMs)
    const { writeTime, model } = this.telemetry.metrics
    writeTime.record((endMs - startMs) / 1000, model)
    return result
  }

  /** Records that the connection asks for the next chunk of a stream. */
  chunkTaken(): void {
    if (this.span?.isRecording) this.writes.endWait(performance.now())
  }

  /** Records that the last chunk of a stream was passed on. */
  streamEnded(): void {
    if (this.span?.isRecording) this.writes.startWait(performance.now())
  }

  /** Records why the request failed or was refused. The first reason counts. */
  fail(error: unknown): void {
    this.failure ??= ApiError.from(error)
  }

  /** Records that the last byte of the answer has left, or that the client has disconnected. */
  end(requestId: string): void {
    if (this.isOver) return
    this.isOver = true
    const summary = this.summarize()
    const span = this.span ?? this.startSpan(false)
    this.gauges.over()
    recordRequest(this.telemetry.metrics, summary)
    this.describeEnd(span, summary, requestId)
    this.arrival.log.info({ requestId, ...span.logIds, ...toLogFields(summary) }, 'request')
    span.end(summary.endMs, summary.failure, this.writes.firstMs !== null)
    if (this.timeline) this.telemetry.sendTimeline?.(this.timeline.toMessage(summary, this.arrival.route, requestId))
  }

  private startSpan(tracesTokens: boolean): RequestSpan {
    const { operation, route } = this.arrival
    const start = { operation, route, arrivedMs: this.arrivedMs, tracesTokens }
    this.span = new RequestSpan(this.telemetry.tracer, this.parent, start)
    return this.span
  }

  private observe(index: number, delta: Delta): void {
    this.answers.add(index, delta, performance.now())
    this.content.addText(index, delta.text)
    this.timeline?.add(index, delta.tokens)
  }

  private summarize(): RequestSummary {
    const { request, answers, arrivedMs, bodyReadMs, waitingSinceMs, admittedMs } = this
    const times = { arrivedMs, bodyReadMs, waitingSinceMs, admittedMs }
    const { operation, keyName } = this.arrival
    const base = { operation, keyName, request, answers, failovers: this.failovers.count, ...times }
    // A request whose client has disconnected can end before it has failed, also before it is read.
    if (!request || answers.finishReasons.length < answerCountOf(base))
      this.fail(new SessionError('aborted', 'the client has disconnected'))
    return { ...base, endMs: performance.now(), failure: this.failure }
  }

  private describeEnd(
    span: RequestSpan,
    { answers, failovers, arrivedMs, endMs }: RequestSummary,
    requestId: string,
  ): void {
    if (!span.isRecording) return
    this.describeWrite(span, endMs)
    span.setAttributes({
      [names.requestId]: requestId,
      ...(this.arrival.keyName === null ? {} : { [names.key]: this.arrival.keyName }),
      [names.outputTokens]: answers.tokens,
      [names.finishReasons]: [...answers.finishReasons],
      ...(answers.firstMs === null ? {} : { [names.timeToFirstChunk]: (answers.firstMs - arrivedMs) / 1000 }),
      ...(failovers === 0 ? {} : { [names.failovers]: failovers }),
      ...this.content.ofAnswers(),
    })
  }

  private describeWrite(span: RequestSpan, endMs: number): void {
    const { firstMs } = this.writes
    if (firstMs === null) return
    this.writes.endWait(endMs)
    span.addChild(spanNames.write, firstMs, endMs, this.writes.toAttributes())
  }
}
