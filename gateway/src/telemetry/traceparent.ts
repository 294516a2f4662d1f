import { type SpanContext, TraceFlags } from '@opentelemetry/api'

/**
 * Formats the W3C trace context of a span, for messages to services. Empty if it is not sampled.
 */
export function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return (traceFlags & TraceFlags.SAMPLED) === 0 ? '' : `00-${traceId}-${spanId}-01`
}
