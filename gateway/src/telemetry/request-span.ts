import {
  type Attributes,
  type Context,
  isSpanContextValid,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { attributeNames as names } from '@tandem/telemetry'
import type { ApiError } from '../openai/api-error.js'
import { toSpanTime } from './clock.js'
import { type Operation, providerName } from './request-attributes.js'
import { formatTraceparent } from './traceparent.js'

/** The SERVER span of a request, with children whose times are known afterwards. */
export class RequestSpan {
  private readonly span: Span
  /** The context of the span's children. */
  readonly context: Context

  /**
   * Starts the span at the arrival of the request.
   * @param parent the context that the client sent
   * @param tracesTokens whether the request asks for a span per token; it is then sampled
   */
  constructor(
    private readonly tracer: Tracer,
    parent: Context,
    { operation, route, arrivedMs, tracesTokens }: SpanStart,
  ) {
    const attributes = {
      [names.operation]: operation,
      [names.provider]: providerName,
      [names.httpMethod]: 'POST',
      [names.httpRoute]: route,
      ...(tracesTokens ? { [names.tracesTokens]: true } : {}),
    }
    const options = { kind: SpanKind.SERVER, startTime: toSpanTime(arrivedMs), attributes }
    this.span = tracer.startSpan(operation, options, parent)
    this.context = trace.setSpan(parent, this.span)
  }

  get isRecording(): boolean {
    return this.span.isRecording()
  }

  /** The ids for the log, also of a trace that only the client records; empty without a trace. */
  get logIds(): { readonly trace_id?: string; readonly span_id?: string } {
    const context = this.span.spanContext()
    if (!isSpanContextValid(context)) return {}
    const { traceId, spanId } = context
    return { trace_id: traceId, span_id: spanId }
  }

  /** The W3C trace context of the span; empty if it is not sampled. */
  get traceparent(): string {
    return formatTraceparent(this.span.spanContext())
  }

  rename(name: string): void {
    this.span.updateName(name)
  }

  setAttributes(attributes: Attributes): void {
    this.span.setAttributes(attributes)
  }

  /** Starts a child. */
  startChild(name: string, startMs: number): Span {
    return this.tracer.startSpan(name, { startTime: toSpanTime(startMs) }, this.context)
  }

  /** Records a child that has ended. */
  addChild(name: string, startMs: number, endMs: number, attributes: Attributes = {}): void {
    if (!this.isRecording) return
    const options = { startTime: toSpanTime(startMs), attributes }
    this.tracer.startSpan(name, options, this.context).end(toSpanTime(endMs))
  }

  /**
   * Ends the span. An error of the client is an attribute; an error of the server is also the
   * span's status.
   * @param hasHead whether the head of a stream was sent, with status 200, before it failed
   */
  end(endMs: number, failure: ApiError | null, hasHead: boolean): void {
    this.span.setAttribute(names.httpStatus, failure && !hasHead ? failure.status : 200)
    if (failure) this.span.setAttribute(names.errorType, errorTypeOf(failure))
    if (failure && failure.status >= 500) this.span.setStatus({ code: SpanStatusCode.ERROR })
    this.span.end(toSpanTime(endMs))
  }
}

interface SpanStart {
  readonly operation: Operation
  readonly route: string
  readonly arrivedMs: number
  readonly tracesTokens: boolean
}

/** `error.type` of a failure: its code, or its status if it has none. */
export const errorTypeOf = ({ body, status }: ApiError): string => body.error.code ?? String(status)
