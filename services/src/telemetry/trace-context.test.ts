import { expect, test } from 'vitest'
import { sampled, unsampled } from './testing/record-telemetry.js'
import { traceFields } from './trace-context.js'

test('names the trace and the span of a log line, sampled or not; nothing for what is not valid', () => {
  const fields = { trace_id: sampled.traceId, span_id: sampled.spanId }
  expect(traceFields(sampled.traceparent)).toEqual(fields)
  expect(traceFields(unsampled)).toEqual(fields)
  expect(['', 'x', `${sampled.traceparent}\nforged`].map(traceFields)).toEqual([{}, {}, {}])
})
