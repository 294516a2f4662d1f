import { describe, expect, it } from 'vitest'
import { load, useFolder, write } from '../testing/settings-folder.js'
import { labelOf } from './load-settings.js'
import { overlayEnvironment } from './overlay-environment.js'

useFolder()

describe('the environment', () => {
  it.each([
    ['TANDEM_PORT', 'x', 'TANDEM_PORT is "x": expected an integer from 0 to 65535'],
    ['TANDEM_DEVICE', 'cpu,', 'TANDEM_DEVICE is "cpu,": expected cpu, webgpu, cuda or cuda:N'],
    ['TANDEM_STRICT', 'yes', 'TANDEM_STRICT is "yes": expected one of "0", "1"'],
    ['TANDEM_SFT', 'nowhere', 'TANDEM_SFT is "nowhere": must be host:port, e.g. 127.0.0.1:7001'],
    ['TANDEM_MODELS', 'amateur', 'TANDEM_MODELS is "amateur": has "amateur": must be name=host:port'],
    ['TANDEM_TRACE_TOKENS', '2', 'TANDEM_TRACE_TOKENS is 2: expected a number from 0 to 1'],
    ['TANDEM_TRACE_TOKENS', 'all', 'TANDEM_TRACE_TOKENS is "all": expected a number from 0 to 1'],
    ['TANDEM_TELEMETRY_CONTENT', 'yes', 'TANDEM_TELEMETRY_CONTENT is "yes": expected one of "0", "1"'],
    ['TANDEM_METRICS_LISTEN', '9464', 'TANDEM_METRICS_LISTEN is "9464": expected "off", or host:port'],
    ['TANDEM_REWARDS', 'sft=h:1', 'has "sft=h:1": the name sft is reserved'],
    ['TANDEM_CORS_ORIGINS', 'localhost', 'TANDEM_CORS_ORIGINS is "localhost": "localhost" is not an origin'],
    ['TANDEM_END_TOKENS', '<user>', 'TANDEM_END_TOKENS is "<user>": must be a JSON list of tokens'],
  ])('refuses %s=%s', async (variable, text, message) => {
    await expect(load({}, { [variable]: text })).rejects.toThrow(message)
  })

  it('of OpenTelemetry is read like the file, if it means what a key can say', async () => {
    const environment = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=a%2Cb, other = c%20d',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
      TANDEM_TRACE_TOKENS: '0.5',
      TANDEM_TELEMETRY_CONTENT: '1',
      TANDEM_METRICS_LISTEN: 'off',
    }
    const loaded = await load({}, environment)
    expect(loaded.settings.telemetry).toEqual({
      ...{ endpoint: 'http://c:4318', headers: { 'x-api-key': 'a,b', other: 'c d' } },
      ...{ sample_ratio: 0.25, token_ratio: 0.5, content: true, metrics: 'off' },
    })
    expect(loaded.entries.get('telemetry.sample_ratio')?.origin.at).toBe('OTEL_TRACES_SAMPLER_ARG')
    expect(overlayEnvironment(loaded, environment)).toEqual(environment)
  })

  it.each([
    ['another sampler', { OTEL_TRACES_SAMPLER: 'jaeger_remote', OTEL_TRACES_SAMPLER_ARG: 'endpoint=http://j' }],
    ['a ratio without its sampler', { OTEL_TRACES_SAMPLER_ARG: '0.5' }],
    ['an endpoint without a scheme', { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' }],
    ['empty variables', { OTEL_EXPORTER_OTLP_ENDPOINT: '', OTEL_EXPORTER_OTLP_PROTOCOL: ' ' }],
    ['broken headers', { OTEL_EXPORTER_OTLP_HEADERS: 'a=%E0%A4%A' }],
  ])('of OpenTelemetry reaches the processes as it is: %s', async (_, environment) => {
    const loaded = await load({}, environment)
    expect(loaded.settings.telemetry).toEqual({ content: false })
    expect(overlayEnvironment(loaded, environment)).toEqual(environment)
  })

  it('of the processes gets the telemetry of the file and the command line', async () => {
    await write(`telemetry:
  endpoint: https://c:4318/x
  protocol: http/json
  headers: { x-api-key: "a,b=c d" }
  sample_ratio: 0.05
  token_ratio: 0
  content: true
`)
    const environment = { OTEL_TRACES_SAMPLER: 'always_on', OTEL_SERVICE_NAME: 'mine', OTEL_BSP_MAX_QUEUE_SIZE: '9' }
    const loaded = await load({ metrics: '127.0.0.1:9464' }, environment)
    expect(overlayEnvironment(loaded, environment)).toEqual({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c:4318/x',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=a%2Cb%3Dc%20d',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.05',
      TANDEM_TRACE_TOKENS: '0',
      TANDEM_TELEMETRY_CONTENT: '1',
      TANDEM_METRICS_LISTEN: '127.0.0.1:9464',
      OTEL_SERVICE_NAME: 'mine',
      OTEL_BSP_MAX_QUEUE_SIZE: '9',
    })
    expect(labelOf(loaded, 'telemetry.endpoint')).toBe('tandem.yaml:2: telemetry.endpoint')
    expect(labelOf(loaded, 'telemetry.metrics')).toBe('--metrics')
  })

  it('of the processes gets the values of the file and the command line', async () => {
    await write(
      'strict: true\nend_tokens: ["<user>"]\ncors_origins: [http://a, http://b:1]\nmax_batch: 4\nhost: 127.0.0.1\napi_keys: [k]\n',
    )
    const environment = { TANDEM_MAX_QUEUE: '7', TANDEM_MAX_BATCH: '9' }
    const loaded = await load({ threads: 3 }, environment)
    expect(overlayEnvironment(loaded, environment)).toEqual({
      TANDEM_STRICT: '1',
      TANDEM_END_TOKENS: '["<user>"]',
      TANDEM_CORS_ORIGINS: 'http://a,http://b:1',
      TANDEM_MAX_BATCH: '4',
      TANDEM_MAX_QUEUE: '7',
      TANDEM_THREADS: '3',
    })
  })
})
