import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { afterEach, beforeEach, expect, it, test } from 'vitest'
import { createInstrument } from './metrics.js'
import { type MetricsServer, serveMetrics } from './metrics-server.js'

let exporter: PrometheusExporter
let server: MetricsServer
beforeEach(async () => {
  exporter = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true })
  const meter = new MeterProvider({ readers: [exporter] }).getMeter('tandem')
  createInstrument(meter, 'promptTokens').add(3, { model_name: 'toy' })
  server = await serveMetrics(exporter, '127.0.0.1:0')
})
afterEach(() => server.close())

/** Sends bytes, as no HTTP client would, and returns the answer. */
async function sendRaw(head: string): Promise<string> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.end(`${head}\r\nhost: h\r\nconnection: close\r\n\r\n`)
  return text(socket)
}

it('serves the text format on a free port', async () => {
  const response = await fetch(server.url)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(await response.text()).toContain('\ntandem_prompt_tokens_total{model_name="toy"} 3')
})

it('ignores a query, which Prometheus may add', async () => {
  expect((await fetch(`${server.url}?name=x`)).status).toBe(200)
})

it('answers HEAD without a body', async () => {
  const response = await fetch(server.url, { method: 'HEAD' })
  expect([response.status, await response.text()]).toEqual([200, ''])
})

it('refuses other methods', async () => {
  const response = await fetch(server.url, { method: 'POST', body: 'x' })
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})

test.each(['/', '/metrics/', '/favicon.ico', '/METRICS'])('answers 404 at %s and names the path', async (path) => {
  const response = await fetch(new URL(path, server.url))
  expect([response.status, await response.text()]).toEqual([404, 'the metrics are at /metrics\n'])
})

test.each(['//', '///metrics', 'http://[', '*'])(
  'answers the path "%s", which is no URL, and lives on',
  async (path) => {
    expect(await sendRaw(`GET ${path} HTTP/1.1`)).toMatch(/^HTTP\/1.1 40[04] /)
    expect((await fetch(server.url)).status).toBe(200)
  },
)

it('says what to do if the port is taken', async () => {
  const { host } = new URL(server.url)
  await expect(serveMetrics(exporter, host)).rejects.toThrow(
    `cannot serve metrics on ${host}: listen EADDRINUSE: address already in use ${host}. ` +
      'Set TANDEM_METRICS_LISTEN to another host:port, or to off',
  )
})

it('refuses connections after close', async () => {
  server.close()
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  const [error] = await once(socket, 'error')
  expect(error).toMatchObject({ code: 'ECONNREFUSED' })
})
