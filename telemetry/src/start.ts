import { metrics, trace } from '@opentelemetry/api'
import type { Logger } from 'pino'
import { parseTelemetryConfig, type TelemetryConfig } from './environment.js'
import { measureProcess } from './measure-process.js'
import { type MetricsServer, serveMetrics } from './metrics-server.js'
import { parseSampling } from './sampling.js'
import type { RunningSdk } from './sdk.js'
import type { Telemetry } from './telemetry.js'
import { version } from './version.js'

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
  const environment = process.env
  const config = parseTelemetryConfig(environment)
  // Refused also if no span is exported: it has an effect as soon as there is a collector.
  if (options.startsTraces) parseSampling(environment)
  const sdk = config.isEnabled ? await startEnabled(options, config) : null
  const server = sdk && config.metricsListen ? await serveMetrics(sdk.prometheus, config.metricsListen, config) : null
  if (config.exportsTraces) options.log.info({ serviceName: options.serviceName }, 'spans are exported')
  return {
    tracer: trace.getTracer('tandem', version),
    meter: metrics.getMeter('tandem', version),
    hasContent: config.hasContent,
    tokenRatio: config.tokenRatio,
    metricsUrl: server?.url ?? null,
    stop: () => stop(sdk, server),
  }
}

/** Loads OpenTelemetry's SDK, which programs that only name metrics and spans do without. */
async function startEnabled({ serviceName, startsTraces, log }: TelemetryOptions, config: TelemetryConfig) {
  const [{ startSdk }, { describeProcess }, { reportFaults }] = await Promise.all([
    import('./sdk.js'),
    import('./describe-process.js'),
    import('./report-faults.js'),
  ])
  reportFaults(log)
  const sdk = await startSdk(config, describeProcess(serviceName), startsTraces, process.env)
  measureProcess(metrics.getMeter('tandem', version))
  return sdk
}

async function stop(sdk: RunningSdk | null, server: MetricsServer | null): Promise<void> {
  server?.close()
  const last = sdk?.shutdown().catch(() => undefined)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, lastExportMs)
  })
  await Promise.race([last, late])
  clearTimeout(timer)
}
