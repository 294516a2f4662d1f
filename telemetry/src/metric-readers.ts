import { OTLPMetricExporter as GrpcExporter } from '@opentelemetry/exporter-metrics-otlp-grpc'
import { OTLPMetricExporter as JsonExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as ProtobufExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import {
  ConsoleMetricExporter,
  type MetricReader,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics'

const otlpExporters: Readonly<Record<string, () => PushMetricExporter>> = {
  grpc: () => new GrpcExporter(),
  'http/json': () => new JsonExporter(),
  'http/protobuf': () => new ProtobufExporter(),
}

/**
 * Creates a reader for each exporter of metrics. The exporters read their other `OTEL_*` variables
 * themselves.
 * @param names of `OTEL_METRICS_EXPORTER`
 * @throws Error if a name, the protocol or a time is not valid
 */
export function createMetricReaders(names: readonly string[], environment: NodeJS.ProcessEnv): MetricReader[] {
  return names
    .filter((name) => name !== 'prometheus')
    .map(
      (name) =>
        new PeriodicExportingMetricReader({ exporter: createExporter(name, environment), ...times(environment) }),
    )
}

function createExporter(name: string, environment: NodeJS.ProcessEnv): PushMetricExporter {
  if (name === 'console') return new ConsoleMetricExporter()
  if (name !== 'otlp') throw new Error(`OTEL_METRICS_EXPORTER is "${name}": expected otlp, console, prometheus or none`)
  const protocol =
    environment.OTEL_EXPORTER_OTLP_METRICS_PROTOCOL?.trim() ||
    environment.OTEL_EXPORTER_OTLP_PROTOCOL?.trim() ||
    'http/protobuf'
  const create = otlpExporters[protocol]
  if (!create)
    throw new Error(
      `the OTLP protocol is "${protocol}" (OTEL_EXPORTER_OTLP_PROTOCOL): expected ${Object.keys(otlpExporters).join(', ')}`,
    )
  return create()
}

function times(environment: NodeJS.ProcessEnv) {
  const exportIntervalMillis = readMs(environment, 'OTEL_METRIC_EXPORT_INTERVAL', 60_000)
  const timeout = readMs(environment, 'OTEL_METRIC_EXPORT_TIMEOUT', 30_000)
  return { exportIntervalMillis, exportTimeoutMillis: Math.min(timeout, exportIntervalMillis) }
}

function readMs(environment: NodeJS.ProcessEnv, name: string, missing: number): number {
  const text = environment[name]?.trim()
  if (!text) return missing
  const value = Number(text)
  if (Number.isInteger(value) && value > 0) return value
  throw new Error(`${name} is "${text}": expected a positive number of milliseconds`)
}
