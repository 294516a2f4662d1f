import { expect, it } from 'vitest'
import { parseSpanCounts } from './span-counts.js'

it('adds up the spans of all processes by what became of them', () => {
  const text = `# TYPE otel_sdk_processor_span_processed_total counter
otel_sdk_processor_span_processed_total{otel_component_name="batching_span_processor/0"} 100
otel_sdk_processor_span_processed_total{otel_component_name="batching_span_processor/0",error_type="queue_full"} 7
otel_sdk_processor_span_processed_total{otel_component_name="batching_span_processor/0",error_type="Error"} 32
otel_sdk_processor_span_queue_size{otel_component_name="batching_span_processor/0"} 5
otel_sdk_processor_span_processed_total{otel_component_name="batching_span_processor/0"} 20
otel_sdk_processor_span_processed_total{otel_component_name="batching_span_processor/0",error_type="ECONNREFUSED"} 1
`
  expect(parseSpanCounts(text)).toEqual({ exported: 120, failed: 33, dropped: 7 })
})

it('finds no spans in other metrics', () => {
  expect(parseSpanCounts('process_memory_usage{} 5\n')).toEqual({ exported: 0, failed: 0, dropped: 0 })
})
