import { hostname } from 'node:os'
import { metrics, trace } from '@opentelemetry/api'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import {
  defaultResource,
  envDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources'
import { NodeSDK } from '@opentelemetry/sdk-node'
import type { Logger } from 'pino'
import { parseTelemetryConfig } from './environment.js'
import { measureProcess } from './measure-process.js'
import { createMetricReaders } from './metric-readers.js'
import { type MetricsServer, serveMetrics } from './metrics-server.js'
import { reportFaults } from './report-faults.js'
import { RootContextManager } from './root-context.js'
import { createJoiningSampler, createSampler } from './sampler.js'
import type { Telemetry } from './telemetry.js'
import { version } from './version.js'

/** Limit of spans that wait for their export: about 10 MB. Further spans are dropped. */
const maxWaitingSpans = 8192
/** Interval of the export of spans, in milliseconds. */
const exportDelayMs = 1_000
/** Time for the last export when the process ends, in milliseconds. */
const lastExportMs = 1_000

/** What a process says about itself. */
export interface TelemetryOptions {
  /** `service.name` of the process: "tandem-gateway". `OTEL_SERVICE_NAME` takes precedence. */
  readonly serviceName: string
  /** Whether the process samples requests. A service only joins the traces of the gateway. */
  readonly startsTraces: boolean
  readonly log: Logger
}

/** Telemetry that runs until it is stopped. */
export interface RunningTelemetry extends Telemetry {
  /** Where the process serves its metrics; null if it does not. */
  readonly metricsUrl: string | null
  /** Exports what is left, for at most a second. */
  stop(): Promise<void>
}

/**
 * Starts the telemetry of this process, once, from its environment: Tandem's own variables
 * (environment.ts) and OpenTelemetry's `OTEL_*`.
 * @throws Error if a variable is not valid, or the endpoint of the metrics cannot listen
 */
export async function startTelemetry(options: TelemetryOptions): Promise<RunningTelemetry> {
  const { serviceName, log } = options
  const environment = process.env
  const config = parseTelemetryConfig(environment)
  reportFaults(log)
  setDefaults(environment)
  const prometheus = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true })
  const sdk = new NodeSDK({
    metricReaders: [prometheus, ...createMetricReaders(config.metricExporters, environment)],
    sampler: options.startsTraces ? createSampler(environment) : createJoiningSampler(),
    contextManager: new RootContextManager(),
    resource: describeProcess(options),
    ...(environment.OTEL_NODE_RESOURCE_DETECTORS
      ? {}
      : { resourceDetectors: [envDetector, serviceInstanceIdDetector] }),
    ...(config.exportsTraces ? {} : { spanProcessors: [] }),
  })
  sdk.start()
  const meter = metrics.getMeter('tandem', version)
  if (config.isEnabled) measureProcess(meter)
  const server = config.metricsListen === null ? null : await serveMetrics(prometheus, config.metricsListen, config)
  if (config.exportsTraces) log.info({ serviceName }, 'spans are exported')
  return {
    tracer: trace.getTracer('tandem', version),
    meter,
    hasContent: config.hasContent,
    tokenRatio: config.tokenRatio,
    metricsUrl: server?.url ?? null,
    stop: () => stop(sdk, server),
  }
}

/** Sets variables that the user has not set: the library reads them from the environment. */
function setDefaults(environment: NodeJS.ProcessEnv): void {
  environment.OTEL_LOGS_EXPORTER ??= 'none'
  // One answer with a span per token has some 1,500 spans: the default of 2,048 drops some of two.
  environment.OTEL_BSP_MAX_QUEUE_SIZE ??= String(maxWaitingSpans)
  environment.OTEL_BSP_SCHEDULE_DELAY ??= String(exportDelayMs)
  // Counts the spans that are dropped, so that an alert can see it.
  environment.OTEL_NODE_EXPERIMENTAL_SDK_METRICS ??= 'true'
}

const describeProcess = ({ serviceName }: TelemetryOptions) =>
  defaultResource().merge(
    resourceFromAttributes({
      'service.name': serviceName,
      'service.version': version,
      'host.name': hostname(),
      'process.pid': process.pid,
    }),
  )

async function stop(sdk: NodeSDK, server: MetricsServer | null): Promise<void> {
  server?.close()
  const last = sdk.shutdown().catch(() => undefined)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, lastExportMs)
  })
  await Promise.race([last, late])
  clearTimeout(timer)
}
