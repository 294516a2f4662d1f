import { addressPattern } from '@tandem/process'
import { metricsKeySchema } from '@tandem/telemetry/settings'
import { z } from 'zod'

/** The protocols of OTLP, as OTEL_EXPORTER_OTLP_PROTOCOL names them. */
const protocols = ['grpc', 'http/protobuf', 'http/json'] as const

const endpointHint = 'expected the http or https address of an OTLP collector, e.g. http://127.0.0.1:4318'
const endpoint = z.string().superRefine((text, context) => {
  const url = /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : null
  if (url === null) context.addIssue({ code: 'custom', message: endpointHint })
  else if (url.username !== '' || url.password !== '')
    context.addIssue({ code: 'custom', message: 'must not hold a user name or a password: write them as headers' })
})

const headerName = z
  .string()
  .regex(/^[\w!#$%&'*+.^`|~-]+$/, 'must be the name of a header: letters, digits and hyphens, e.g. x-api-key')
// gRPC accepts only these characters, and http no end of line.
const headerValue = z.string().regex(/^[\x20-\x7e]+$/, 'expected a text of printable ASCII characters')

const ratio = z.number().min(0).max(1)

const metricsHint =
  'expected "off", or host:port for the gateway\'s metrics, e.g. 127.0.0.1:9464. Each service takes the next port'
const metrics = z
  .string({ error: metricsHint })
  .refine((text) => text === 'off' || (addressPattern.test(text) && portOf(text) <= 65_535), { error: metricsHint })
const portOf = (address: string) => Number(address.slice(address.lastIndexOf(':') + 1))

/** The keys of `telemetry` in tandem.yaml. */
export const telemetrySchema = z
  .strictObject({
    endpoint,
    protocol: z.enum(protocols),
    headers: z.record(headerName, headerValue),
    sample_ratio: ratio,
    token_ratio: ratio,
    content: z.boolean(),
    metrics,
    metrics_key: metricsKeySchema,
    metrics_insecure: z.boolean(),
  })
  .partial()

/** A key below `telemetry`. */
export type TelemetryKey = keyof typeof telemetrySchema.shape

/** All keys below `telemetry`, in the order of the documentation. */
export const telemetryKeys: readonly TelemetryKey[] = telemetrySchema.keyof().options

/** The environment variable of each key: the standard one of OpenTelemetry, if there is one. */
export const telemetryVariables: Readonly<Record<TelemetryKey, string>> = {
  endpoint: 'OTEL_EXPORTER_OTLP_ENDPOINT',
  protocol: 'OTEL_EXPORTER_OTLP_PROTOCOL',
  headers: 'OTEL_EXPORTER_OTLP_HEADERS',
  sample_ratio: 'OTEL_TRACES_SAMPLER_ARG',
  token_ratio: 'TANDEM_TRACE_TOKENS',
  content: 'TANDEM_TELEMETRY_CONTENT',
  metrics: 'TANDEM_METRICS_LISTEN',
  metrics_key: 'TANDEM_METRICS_KEY',
  metrics_insecure: 'TANDEM_METRICS_INSECURE',
}
