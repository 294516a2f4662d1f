import { SettingsError } from '@tandem/process'
import { describe, expect, it, test } from 'vitest'
import { parseTelemetryConfig } from './environment.js'

const endpoint = 'http://127.0.0.1:4318'
const exported = (environment: NodeJS.ProcessEnv) => {
  const { exportsTraces, metricExporters } = parseTelemetryConfig(environment)
  return [exportsTraces, metricExporters]
}

it('reads the key of the metrics, and never repeats a wrong one', () => {
  const environment = { TANDEM_METRICS_KEY: 'secret', TANDEM_METRICS_INSECURE: '1' }
  expect(parseTelemetryConfig(environment)).toMatchObject({ metricsKey: 'secret', isMetricsInsecure: true })
  for (const wrong of ['', 'very secret', 'schlüssel', 'a'.repeat(513)])
    expect(() => parseTelemetryConfig({ TANDEM_METRICS_KEY: wrong })).toThrow(
      /^TANDEM_METRICS_KEY must have 1 to 512 printable ASCII characters without spaces$/,
    )
})

it('exports nothing without an endpoint', () => {
  expect(parseTelemetryConfig({})).toEqual({
    isEnabled: true,
    metricsListen: '127.0.0.1:0',
    metricsKey: null,
    isMetricsInsecure: false,
    tokenRatio: 0.01,
    hasContent: false,
    exportsTraces: false,
    metricExporters: [],
  })
})

test.each([
  ['an empty endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }, [false, []]],
  ['an endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, [true, ['otlp']]],
  ['an endpoint of traces', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint }, [true, []]],
  ['an endpoint of metrics', { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: endpoint }, [false, ['otlp']]],
  ['OTEL_TRACES_EXPORTER=console', { OTEL_TRACES_EXPORTER: 'console' }, [true, []]],
  ['OTEL_METRICS_EXPORTER=otlp,console', { OTEL_METRICS_EXPORTER: 'otlp, console' }, [false, ['otlp', 'console']]],
  [
    'OTEL_TRACES_EXPORTER=none',
    { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_EXPORTER: 'none' },
    [false, ['otlp']],
  ],
  ['OTEL_METRICS_EXPORTER=none', { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_METRICS_EXPORTER: 'none' }, [true, []]],
])('%s', (_, environment, expected) => {
  expect(exported(environment)).toEqual(expected)
})

describe('OTEL_SDK_DISABLED', () => {
  it.each(['true', ' TRUE '])('"%s" disables everything', (value) => {
    const environment = {
      OTEL_SDK_DISABLED: value,
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      TANDEM_METRICS_LISTEN: '127.0.0.1:9464',
    }
    expect(parseTelemetryConfig(environment)).toMatchObject({
      isEnabled: false,
      metricsListen: null,
      exportsTraces: false,
      metricExporters: [],
    })
  })

  it.each(['false', '', '1', 'yes'])('"%s" does not', (value) => {
    expect(parseTelemetryConfig({ OTEL_SDK_DISABLED: value }).isEnabled).toBe(true)
  })
})

it('reads the variables of Tandem', () => {
  const environment = { TANDEM_METRICS_LISTEN: '[::1]:9464', TANDEM_TRACE_TOKENS: '0.5', TANDEM_TELEMETRY_CONTENT: '1' }
  expect(parseTelemetryConfig(environment)).toMatchObject({
    metricsListen: '[::1]:9464',
    tokenRatio: 0.5,
    hasContent: true,
  })
  expect(parseTelemetryConfig({ TANDEM_METRICS_LISTEN: 'off' }).metricsListen).toBeNull()
})

it('names every variable that is wrong, and what is expected', () => {
  const parse = () =>
    parseTelemetryConfig({ TANDEM_METRICS_LISTEN: '9464', TANDEM_TRACE_TOKENS: '2', TANDEM_TELEMETRY_CONTENT: 'yes' })
  expect(parse).toThrow(SettingsError)
  expect(parse).toThrow(
    /TANDEM_METRICS_LISTEN is "9464": expected .*host:port.*; TANDEM_TRACE_TOKENS .*1.*; TANDEM_TELEMETRY_CONTENT .*0.*1/,
  )
})

test.each([
  [{ OTEL_TRACES_EXPORTER: 'jaeger' }, 'OTEL_TRACES_EXPORTER is "jaeger": expected otlp, console, zipkin or none'],
  [
    { OTEL_METRICS_EXPORTER: 'statsd' },
    'OTEL_METRICS_EXPORTER is "statsd": expected otlp, console, prometheus or none',
  ],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'http' },
    'OTEL_EXPORTER_OTLP_PROTOCOL is "http": expected grpc, http/protobuf, http/json',
  ],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http' },
    'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL is "http": expected grpc, http/protobuf, http/json',
  ],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'me:password@collector:4318' },
    'OTEL_EXPORTER_OTLP_ENDPOINT is not an http or https address of an OTLP collector: write it as http://127.0.0.1:4318',
  ],
])('refuses %j, which the library would replace by a default', (environment, message) => {
  expect(() => parseTelemetryConfig(environment)).toThrow(message)
  expect(parseTelemetryConfig({ ...environment, OTEL_SDK_DISABLED: 'true' }).exportsTraces).toBe(false)
})

it('accepts host:port for gRPC', () => {
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }
  expect(exported(environment)).toEqual([true, ['otlp']])
})
