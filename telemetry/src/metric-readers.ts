import {
  ConsoleMetricExporter,
  type MetricReader,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics'

/** Each is loaded only if it is used: most processes export nothing. */
const otlpExporters: Readonly<Record<string, () => Promise<PushMetricExporter>>> = {
  grpc: async () => new (await import('@opentelemetry/exporter-metrics-otlp-grpc')).OTLPMetricExporter(),
  'http/json': async () => new (await import('@opentelemetry/exporter-metrics-otlp-http')).OTLPMetricExporter(),
  'http/protobuf': async () => new (await import('@opentelemetry/exporter-metrics-otlp-proto')).OTLPMetricExporter(),
}

/**
 * Creates a reader for each exporter of metrics. The exporters read their other `OTEL_*` variables
 * themselves.
 * @param names of `OTEL_METRICS_EXPORTER`
 * @throws Error if a name, the protocol or a time is not valid
 */
export async function createMetricReaders(
  names: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<MetricReader[]> {
  const create = async (name: string) => {
    const exporter = await createExporter(name, environment)
    return new PeriodicExportingMetricReader({ exporter, ...times(environment) })
  }
  return Promise.all(names.filter((name) => name !== 'prometheus').map(create))
}

async function createExporter(name: string, environment: NodeJS.ProcessEnv): Promise<PushMetricExporter> {
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
