import { type SpanContext, TraceFlags } from '@opentelemetry/api'
import { parseTraceParent } from '@opentelemetry/core'

/** Returns the span that a W3C traceparent names; null if the text is not valid. */
export function parseTrace(traceparent: string): SpanContext | null {
  const parent = parseTraceParent(traceparent)
  return parent && { ...parent, isRemote: true }
}

/** Whether the sender records this trace. */
export const isSampled = ({ traceFlags }: SpanContext): boolean => (traceFlags & TraceFlags.SAMPLED) !== 0

/** Returns the fields that join a log line to its trace; none if the traceparent is not valid. */
export function traceFields(traceparent: string): { trace_id?: string; span_id?: string } {
  const parent = parseTrace(traceparent)
  return parent === null ? {} : { trace_id: parent.traceId, span_id: parent.spanId }
}
