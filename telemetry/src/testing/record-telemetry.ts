import type { Attributes } from '@opentelemetry/api'
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { type MetricKey, metricDefinitions } from '../metrics.js'
import { createSampler } from '../sampler.js'
import type { Telemetry } from '../telemetry.js'

/** Telemetry in memory, for tests. */
export interface RecordedTelemetry {
  readonly telemetry: Telemetry
  /** Returns the spans that have ended, in the order of their ends. */
  spans(): readonly ReadableSpan[]
  /**
   * Returns the samples of all metrics by their name and labels as in Prometheus:
   * `tandem_request_success_total{model_name="toy",finished_reason="stop"}`. Labels keep the order
   * in which the code gives them.
   */
  samples(): Promise<ReadonlyMap<string, number>>
  /** Returns the values of one metric. */
  values(key: MetricKey): Promise<RecordedValue[]>
  /** Returns the metrics as /metrics gives them to Prometheus. */
  text(): Promise<string>
}

/** A value of a metric with its attributes. A histogram's value is its count. */
export interface RecordedValue {
  readonly attributes: Attributes
  readonly value: number
}

/**
 * Records spans and metrics in memory, with the sampler of a real process.
 * @param environment `OTEL_TRACES_SAMPLER` and its argument
 */
export function recordTelemetry(
  changes: Partial<Telemetry> = {},
  environment: NodeJS.ProcessEnv = {},
): RecordedTelemetry {
  const exporter = new InMemorySpanExporter()
  const tracers = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
    sampler: createSampler(environment),
  })
  const reader = new PrometheusExporter({ preventServerStart: true })
  const meters = new MeterProvider({ readers: [reader] })
  const telemetry = {
    tracer: tracers.getTracer('tandem'),
    meter: meters.getMeter('tandem'),
    hasContent: false,
    tokenRatio: 0,
    ...changes,
  }
  const text = async () => {
    const { resourceMetrics } = await reader.collect()
    return new PrometheusSerializer('', false, undefined, true, true).serialize(resourceMetrics)
  }
  const samples = async () => parseSamples(await text())
  const values = async (key: MetricKey) => {
    const { resourceMetrics } = await reader.collect()
    const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
    const points = metrics.find(({ descriptor }) => descriptor.name === metricDefinitions[key].name)?.dataPoints ?? []
    const numberOf = (value: (typeof points)[number]['value']) => (typeof value === 'number' ? value : value.count)
    return points.map(({ attributes, value }) => ({ attributes, value: numberOf(value) }))
  }
  return { telemetry, spans: () => exporter.getFinishedSpans(), samples, values, text }
}

/** Parses the samples of Prometheus's text format. */
export function parseSamples(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ')
      return [line.slice(0, space), Number(line.slice(space + 1))]
    }),
  )
}
