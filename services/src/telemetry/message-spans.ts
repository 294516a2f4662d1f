import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { attributeNames, spanNames } from '@tandem/telemetry'
import { statusCodes } from '../errors.js'
import type { ServedMessage } from './served-message.js'
import { statusName } from './status-name.js'
import { isSampled, parseTrace } from './trace-context.js'

/** The name of the span of a message: `step` in a logit service, `score` in a reward service. */
export type MessageSpan = typeof spanNames.step | typeof spanNames.score

/**
 * Records the spans of a message that has been answered, if the sender of the message records its
 * trace: one span, with a child for the wait in the queue and one for each run. All have the times
 * at which it happened. The span of the sender is the parent.
 */
export function recordSpans(tracer: Tracer, name: MessageSpan, message: ServedMessage): void {
  const parent = parseTrace(message.traceparent)
  if (parent === null || !isSampled(parent)) return
  const startTime = message.arrivedMs
  const attributes = attributesOf(message)
  const outside = trace.setSpanContext(ROOT_CONTEXT, parent)
  const span = tracer.startSpan(name, { kind: SpanKind.SERVER, startTime, attributes }, outside)
  if (!span.isRecording()) return
  recordWork(tracer, trace.setSpan(outside, span), message)
  markFailure(span, message)
  span.end(message.answeredMs)
}

const attributesOf = ({ role, tokens, work }: ServedMessage): Attributes => ({
  [attributeNames.model]: role,
  [attributeNames.inputLength]: tokens,
  [attributeNames.stepQueueUs]: work.queueUs,
  [attributeNames.stepComputeUs]: work.computeUs,
})

function recordWork(tracer: Tracer, inside: Context, { work, arrivedMs, answeredMs }: ServedMessage): void {
  // The clocks of two threads may differ by some microseconds: a child stays within its parent.
  const within = (ms: number) => Math.min(Math.max(ms, arrivedMs), answeredMs)
  const record = (name: string, startMs: number, endMs: number, attributes: Attributes = {}) =>
    tracer.startSpan(name, { startTime: within(startMs), attributes }, inside).end(within(endMs))
  const [first] = work.runs
  if (first === undefined) return
  record(spanNames.queue, arrivedMs, first.startMs)
  for (const { startMs, durationMs, batchSize, tokens } of work.runs)
    record(spanNames.run, startMs, startMs + durationMs, {
      [attributeNames.batchSize]: batchSize,
      [attributeNames.inputLength]: tokens,
    })
}

function markFailure(span: Span, { failures: [failure] }: ServedMessage): void {
  if (failure === undefined) return
  span.setAttribute(attributeNames.errorType, statusName(failure.code))
  // The gateway cancels messages whose answer it no longer needs.
  if (failure.code === statusCodes.cancelled) return
  span.setStatus({ code: SpanStatusCode.ERROR, message: failure.message })
}
