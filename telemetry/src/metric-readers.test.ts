import { expect, it, test } from 'vitest'
import { createMetricReaders } from './metric-readers.js'

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }

test.each(['grpc', 'http/json', 'http/protobuf', ''])('creates a reader for the protocol "%s"', async (protocol) => {
  const [reader, ...others] = await createMetricReaders(['otlp'], {
    ...endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
  })
  expect([reader !== undefined, others.length]).toEqual([true, 0])
})

it('creates no reader for Prometheus, which every process serves', async () => {
  expect(await createMetricReaders(['prometheus'], {})).toEqual([])
})

test.each([
  [['file'], {}, 'OTEL_METRICS_EXPORTER is "file": expected otlp, console, prometheus or none'],
  [
    ['otlp'],
    { OTEL_EXPORTER_OTLP_PROTOCOL: 'udp' },
    'the OTLP protocol is "udp" (OTEL_EXPORTER_OTLP_PROTOCOL): expected grpc, http/json, http/protobuf',
  ],
  [
    ['console'],
    { OTEL_METRIC_EXPORT_INTERVAL: '1s' },
    'OTEL_METRIC_EXPORT_INTERVAL is "1s": expected a positive number of milliseconds',
  ],
  [
    ['console'],
    { OTEL_METRIC_EXPORT_TIMEOUT: '0' },
    'OTEL_METRIC_EXPORT_TIMEOUT is "0": expected a positive number of milliseconds',
  ],
])('refuses %s with %j', async (names, environment, message) => {
  await expect(createMetricReaders(names, environment)).rejects.toThrow(message)
})
