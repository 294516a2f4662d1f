import { setImmediate as nextTurn } from 'node:timers/promises'
import type { MetricKey, Telemetry } from '@tandem/telemetry'
import { type RecordedValue, recordTelemetry as record } from '@tandem/telemetry/testing'

type ReadableSpan = ReturnType<ReturnType<typeof record>['spans']>[number]

/** A span, with its times in milliseconds since 1970. */
export interface RecordedSpan
  extends Pick<ReadableSpan, 'name' | 'kind' | 'attributes' | 'parentSpanContext' | 'status'> {
  readonly traceId: string
  readonly spanId: string
  readonly startMs: number
  readonly endMs: number
}

/** A service's telemetry in memory. */
export interface RecordedTelemetry {
  readonly telemetry: Telemetry
  /** Spans that have ended, in the order of their start. */
  spans(): Promise<RecordedSpan[]>
  values(key: MetricKey): Promise<RecordedValue[]>
}

/** Records a service's telemetry in memory. A message is recorded in the turn after its answer. */
export function recordTelemetry(): RecordedTelemetry {
  const recorded = record()
  return {
    telemetry: recorded.telemetry,
    spans: async () => {
      await nextTurn()
      return recorded
        .spans()
        .map(toRecorded)
        .sort((a, b) => a.startMs - b.startMs || b.endMs - a.endMs)
    },
    values: async (key) => {
      await nextTurn()
      return recorded.values(key)
    },
  }
}

function toRecorded(span: ReadableSpan): RecordedSpan {
  const { name, kind, attributes, parentSpanContext, status, startTime, endTime } = span
  const { traceId, spanId } = span.spanContext()
  const parts = { name, kind, attributes, status, ...(parentSpanContext ? { parentSpanContext } : {}) }
  return { ...parts, traceId, spanId, startMs: toMs(startTime), endMs: toMs(endTime) }
}

const toMs = ([seconds, nanoseconds]: readonly [number, number]) => seconds * 1000 + nanoseconds / 1e6

/** A traceparent of a sampled trace, and the ids in it. */
export const sampled = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
}

/** The same trace, which its sender does not record. */
export const unsampled = sampled.traceparent.replace(/01$/, '00')
