import { flagVariable, listenSchema, parseEnvironment, type SettingFault, SettingsError } from '@tandem/process'
import { z } from 'zod'

/** Disables the endpoint of the metrics. */
const off = 'off'

/** The key of the metrics: what can follow `Bearer`. */
export const metricsKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,512}$/, 'must have 1 to 512 printable ASCII characters without spaces')

/** The environment variables of telemetry that are Tandem's own. `OTEL_*` keep their meaning. */
const telemetryEnvironmentSchema = z.object({
  /** host:port of /metrics; port 0 is any free port; `off` disables it. */
  TANDEM_METRICS_LISTEN: z.literal(off).or(listenSchema).default('127.0.0.1:0'),
  /** The bearer token that scrapers must send. */
  TANDEM_METRICS_KEY: metricsKeySchema.optional(),
  /** Whether other machines may read the metrics without a key. */
  TANDEM_METRICS_INSECURE: flagVariable(),
  /** Share of the sampled requests that get a span for each token. */
  TANDEM_TRACE_TOKENS: z.coerce.number().min(0).max(1).default(0.01),
  /** Whether spans may contain the text of prompts and answers. */
  TANDEM_TELEMETRY_CONTENT: flagVariable(),
})

/** The configuration of telemetry. */
export interface TelemetryConfig {
  /** False with `OTEL_SDK_DISABLED=true`: nothing is recorded, exported or served. */
  readonly isEnabled: boolean
  /** host:port of /metrics; null disables it. */
  readonly metricsListen: string | null
  /** The bearer token of /metrics; null: none is needed. */
  readonly metricsKey: string | null
  /** Whether other machines may read the metrics without a key. */
  readonly isMetricsInsecure: boolean
  readonly tokenRatio: number
  readonly hasContent: boolean
  /** Whether spans are exported. */
  readonly exportsTraces: boolean
  /** Names of the exporters of metrics: `otlp`, `console`. */
  readonly metricExporters: readonly string[]
}

/**
 * Parses the configuration. Without an OTLP endpoint and without `OTEL_TRACES_EXPORTER`, no span is
 * exported: the library's default would send them to a collector on this machine.
 * @throws SettingsError that names every invalid variable
 */
export function parseTelemetryConfig(environment: NodeJS.ProcessEnv): TelemetryConfig {
  const env = parseEnvironment(telemetryEnvironmentSchema, environment)
  const isEnabled = environment.OTEL_SDK_DISABLED?.trim().toLowerCase() !== 'true'
  const exporters = { TRACES: exportersOf('TRACES', environment), METRICS: exportersOf('METRICS', environment) }
  if (isEnabled) validate(exporters, environment)
  return {
    isEnabled,
    metricsListen: isEnabled && env.TANDEM_METRICS_LISTEN !== off ? env.TANDEM_METRICS_LISTEN : null,
    metricsKey: env.TANDEM_METRICS_KEY ?? null,
    isMetricsInsecure: env.TANDEM_METRICS_INSECURE,
    tokenRatio: env.TANDEM_TRACE_TOKENS,
    hasContent: env.TANDEM_TELEMETRY_CONTENT,
    exportsTraces: isEnabled && exporters.TRACES.length > 0,
    metricExporters: isEnabled ? exporters.METRICS : [],
  }
}

const signals = ['TRACES', 'METRICS'] as const
type Signal = (typeof signals)[number]

/** Exporters that the library has for each signal. */
const exporterNames: Readonly<Record<Signal, readonly string[]>> = {
  TRACES: ['otlp', 'console', 'zipkin'],
  METRICS: ['otlp', 'console', 'prometheus'],
}
const protocols = ['grpc', 'http/protobuf', 'http/json']

/**
 * Refuses what the library would replace by a default, such as a collector on this machine.
 * @throws SettingsError that names every invalid variable
 */
function validate(exporters: Readonly<Record<Signal, readonly string[]>>, environment: NodeJS.ProcessEnv): void {
  const faults = signals.flatMap((signal) => {
    const names = exporterNames[signal]
    const unknown = exporters[signal].find((name) => !names.includes(name))
    const variable = `OTEL_${signal}_EXPORTER`
    if (unknown !== undefined) return [{ variable, message: `is "${unknown}": expected ${names.join(', ')} or none` }]
    return exporters[signal].includes('otlp') ? findOtlpFaults(signal, environment) : []
  })
  const found = new Map(faults.map((fault) => [fault.variable, fault]))
  if (found.size > 0) throw new SettingsError([...found.values()])
}

function findOtlpFaults(signal: Signal, environment: NodeJS.ProcessEnv): readonly SettingFault[] {
  const find = (name: string) =>
    [`OTEL_EXPORTER_OTLP_${signal}_${name}`, `OTEL_EXPORTER_OTLP_${name}`]
      .map((variable) => ({ variable, text: environment[variable]?.trim() ?? '' }))
      .find(({ text }) => text !== '')
  const protocol = find('PROTOCOL')
  if (protocol && !protocols.includes(protocol.text))
    return [{ variable: protocol.variable, message: `is "${protocol.text}": expected ${protocols.join(', ')}` }]
  const endpoint = find('ENDPOINT')
  // For gRPC, host:port is an endpoint too. The address is not repeated: it may hold a password.
  if (!endpoint || protocol?.text === 'grpc' || isWebAddress(endpoint.text)) return []
  const message = 'is not an http or https address of an OTLP collector: write it as http://127.0.0.1:4318'
  return [{ variable: endpoint.variable, message }]
}

const isWebAddress = (text: string) => /^https?:\/\//i.test(text) && URL.canParse(text)

function exportersOf(signal: Signal, environment: NodeJS.ProcessEnv): readonly string[] {
  const hasEndpoint = ['OTEL_EXPORTER_OTLP_ENDPOINT', `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`].some(
    (name) => (environment[name] ?? '').trim() !== '',
  )
  const named = (environment[`OTEL_${signal}_EXPORTER`] ?? '').split(',').map((name) => name.trim())
  const exporters = named.filter((name) => name !== '')
  if (exporters.includes('none')) return []
  return exporters.length > 0 ? exporters : hasEndpoint ? ['otlp'] : []
}
