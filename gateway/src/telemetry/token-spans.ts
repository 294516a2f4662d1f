import { type Context, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import { attributeNames as names, spanNames } from '@tandem/telemetry'
import type { StepTrace, StepTracer } from '../decode/loop/step-tracer.js'
import type { Token } from '../decode/loop/token.js'
import type { MessageTrace, MessageTracer } from '../session/contract/message-tracer.js'
import type { MessageTimes } from '../session/contract/service-call.js'
import { SessionError } from '../session/contract/session-error.js'
import { toSpanTime } from './clock.js'
import { toTokenAttributes } from './token-attributes.js'
import { formatTraceparent } from './traceparent.js'

/** Where the spans of a prompt's tokens and messages belong. */
export interface TokenSpanOptions {
  readonly tracer: Tracer
  /** The context of the request's span. */
  readonly request: Context
  /** The context of the span of the decoding. */
  readonly decode: Context
  /** Whether each token has a span. Otherwise only the messages with the prompt have one. */
  readonly isDetailed: boolean
}

/**
 * The spans of one prompt: one for the prefill of each model and, if the request is detailed, one
 * for each token with its messages.
 */
export class TokenSpans implements StepTracer {
  /** Is told about the messages. */
  readonly messages: MessageTracer = { begin: (model, tokens, sentMs) => this.beginMessage(model, tokens, sentMs) }
  private readonly prefilled = new Set<string>()
  private readonly open = new Set<Span>()
  /** Number of tokens, by answer. */
  private readonly counts = new Map<number, number>()

  constructor(private readonly options: TokenSpanOptions) {}

  /** Starts the span of a token, which is not known yet. */
  begin(answer: number, startMs: number): StepTrace | null {
    const { tracer, decode, isDetailed } = this.options
    if (!isDetailed) return null
    const span = tracer.startSpan(spanNames.token, { startTime: toSpanTime(startMs) }, decode)
    this.open.add(span)
    return { end: (tokens) => this.endStep(span, answer, tokens) }
  }

  private endStep(span: Span, answer: number, [first, ...drafts]: readonly Token[]): void {
    this.open.delete(span)
    if (!first) {
      span.setStatus({ code: SpanStatusCode.ERROR })
      span.end()
      return
    }
    const { endMs, mergeUs } = first.timing
    span.setAttributes(this.describe(first, answer))
    this.add(spanNames.merge, endMs - mergeUs / 1000, endMs, trace.setSpan(this.options.decode, span))
    span.end(toSpanTime(endMs))
    for (const draft of drafts)
      this.add(spanNames.token, endMs, endMs, this.options.decode, this.describe(draft, answer))
  }

  private describe(token: Token, answer: number) {
    const index = this.counts.get(answer) ?? 0
    this.counts.set(answer, index + 1)
    return toTokenAttributes(token, index, answer)
  }

  private beginMessage(model: string, tokens: number, sentMs: number): MessageTrace | null {
    const isPrefill = this.markPrefilled(model)
    const { tracer, request, decode, isDetailed } = this.options
    if (!isPrefill && !isDetailed) return null
    const token = isPrefill ? undefined : this.onlyToken
    const parent = isPrefill ? request : token ? trace.setSpan(decode, token) : decode
    const attributes = { [names.model]: model, [names.inputLength]: tokens }
    const options = { kind: SpanKind.CLIENT, attributes, startTime: toSpanTime(sentMs) }
    const span = tracer.startSpan(isPrefill ? spanNames.prefill : spanNames.forward, options, parent)
    const end: MessageTrace['end'] = (outcome) => {
      if (outcome instanceof Error) failSpan(span, outcome)
      else {
        // A message that was sent ahead can arrive when its token has ended.
        const drawnIn = token && !this.open.has(token) ? decode : parent
        this.endMessage(span, drawnIn, model, { ...outcome, sentMs })
      }
    }
    return { traceparent: formatTraceparent(span.spanContext()), end }
  }

  /** Returns whether this is the first message to one of its models. */
  private markPrefilled(joined: string): boolean {
    const models = joined.split(',').filter((model) => !this.prefilled.has(model))
    for (const model of models) this.prefilled.add(model)
    return models.length > 0
  }

  /** The time on the wire is drawn after the forward, both directions together. */
  private endMessage(span: Span, parent: Context, model: string, times: MessageTimes): void {
    const { sentMs, receivedMs, queueUs, computeUs } = times
    const wireMs = Math.max(0, receivedMs - sentMs - (queueUs + computeUs) / 1000)
    span.setAttributes({ [names.stepQueueUs]: queueUs, [names.stepComputeUs]: computeUs })
    span.end(toSpanTime(receivedMs - wireMs))
    this.add(spanNames.wire, receivedMs - wireMs, receivedMs, parent, { [names.model]: model })
  }

  /** The token that is being decoded; undefined if several are, or none. */
  private get onlyToken(): Span | undefined {
    const [only, another] = this.open
    return another ? undefined : only
  }

  private add(name: string, startMs: number, endMs: number, parent: Context, attributes = {}): void {
    const span = this.options.tracer.startSpan(name, { startTime: toSpanTime(startMs), attributes }, parent)
    span.end(toSpanTime(endMs))
  }
}

/** A message that was aborted because it is no longer needed is not an error. */
function failSpan(span: Span, error: Error): void {
  const code = error instanceof SessionError ? error.code : error.name
  span.setAttribute(names.errorType, code)
  if (code !== 'aborted') span.setStatus({ code: SpanStatusCode.ERROR })
  span.end()
}
