import { context, metrics, propagation } from '@opentelemetry/api'
import {
  CompositePropagator,
  getBooleanFromEnv,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { detectResources, envDetector, type Resource, serviceInstanceIdDetector } from '@opentelemetry/resources'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import type { TelemetryConfig } from './environment.js'
import { createMetricReaders } from './metric-readers.js'
import { RootContextManager } from './root-context.js'
import type { SdkOptions } from './whole-sdk.js'

/** An SDK that is registered for this process. */
export interface RunningSdk {
  readonly prometheus: PrometheusExporter
  /** Exports what is left. */
  shutdown(): Promise<void>
}

/**
 * Variables that only the whole SDK reads: it has many modules, and a process that exports no spans
 * starts much sooner without them.
 */
const readByWholeSdk = ['OTEL_LOG_LEVEL', 'OTEL_LOGS_EXPORTER', 'OTEL_NODE_RESOURCE_DETECTORS', 'OTEL_PROPAGATORS']

/** Whether a process needs the whole SDK, and not metrics only. */
export const needsWholeSdk = ({ exportsTraces }: TelemetryConfig, environment: NodeJS.ProcessEnv): boolean =>
  exportsTraces || readByWholeSdk.some((name) => (environment[name] ?? '').trim() !== '')

/**
 * Registers an SDK for the metrics of this process, and for its spans if they are exported.
 * @param startsTraces whether the process samples requests
 * @throws Error if a variable is not valid
 */
export async function startSdk(
  config: TelemetryConfig,
  resource: Resource,
  startsTraces: boolean,
  environment: NodeJS.ProcessEnv,
): Promise<RunningSdk> {
  const isWhole = needsWholeSdk(config, environment)
  setDefaults(environment)
  const prometheus = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true })
  const readers = [prometheus, ...(await createMetricReaders(config.metricExporters, environment))]
  const options = { resource, readers, detectors: [envDetector, serviceInstanceIdDetector] }
  if (!isWhole) return { prometheus, shutdown: startMetrics(options) }
  const { startWholeSdk } = await import('./whole-sdk.js')
  return { prometheus, shutdown: startWholeSdk(options, config, startsTraces, environment) }
}

/** Limit of spans that wait for their export: about 10 MB. Further spans are dropped. */
const maxWaitingSpans = 8192
/** Interval of the export of spans, in milliseconds. */
const exportDelayMs = 1_000

/** Sets variables that the user has not set: the library reads them from the environment. */
function setDefaults(environment: NodeJS.ProcessEnv): void {
  environment.OTEL_LOGS_EXPORTER ??= 'none'
  // One answer with a span per token has some 1,500 spans: the default of 2,048 drops some of two.
  environment.OTEL_BSP_MAX_QUEUE_SIZE ??= String(maxWaitingSpans)
  environment.OTEL_BSP_SCHEDULE_DELAY ??= String(exportDelayMs)
  // Counts the spans that are dropped, so that an alert can see it.
  environment.OTEL_NODE_EXPERIMENTAL_SDK_METRICS ??= 'true'
}

/**
 * Registers what the whole SDK registers if there are no spans: the meters, and the trace context
 * of requests, which the gateway passes on to services.
 */
function startMetrics({ resource, detectors, readers }: SdkOptions): () => Promise<void> {
  context.setGlobalContextManager(new RootContextManager())
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  )
  const provider = new MeterProvider({
    resource: resource.merge(detectResources({ detectors: [...detectors] })),
    readers: [...readers],
    sdkMetricsEnabled: getBooleanFromEnv('OTEL_NODE_EXPERIMENTAL_SDK_METRICS') ?? false,
  })
  metrics.setGlobalMeterProvider(provider)
  return () => provider.shutdown()
}
