import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { messageOf } from '@tandem/process'
import { createKeyCheck, type MetricsAccess, resolveMetricsAddress } from './metrics-access.js'

/** A scraper needs one connection; more than this many are refused. */
const maxConnections = 32

/** A client that holds a connection without a whole request loses it, in milliseconds. */
const timeouts = { headersTimeout: 5_000, requestTimeout: 5_000, connectionsCheckingInterval: 1_000 }

/** The version of the text format that Prometheus reads. */
const contentType = 'text/plain; version=0.0.4; charset=utf-8'

/** The endpoint of the metrics. */
export interface MetricsServer {
  readonly url: string
  close(): void
}

/**
 * Serves /metrics. It does not keep the process alive.
 * @param listen host:port; port 0 is any free port
 * @throws Error if it cannot listen there; SettingsError if other machines could read the metrics
 *   and nothing allows that
 */
export async function serveMetrics(
  exporter: PrometheusExporter,
  listen: string,
  access: MetricsAccess = { metricsKey: null, isMetricsInsecure: false },
): Promise<MetricsServer> {
  const { host, address, port } = await resolveMetricsAddress(listen, access)
  const server = createMetricsServer(exporter, createKeyCheck(access.metricsKey))
  const isOpen = once(server, 'listening')
  server.listen(port, address)
  try {
    await isOpen
  } catch (cause) {
    const message = messageOf(cause)
    throw new Error(
      `cannot serve metrics on ${listen}: ${message}. Set TANDEM_METRICS_LISTEN to another host:port, or to off`,
      { cause },
    )
  }
  server.unref()
  const url = `http://${host}:${(server.address() as AddressInfo).port}/metrics`
  return { url, close: () => server.close() }
}

function createMetricsServer(exporter: PrometheusExporter, isAllowed: ReturnType<typeof createKeyCheck>): Server {
  const server = createServer(timeouts, (request, response) => {
    if (!isAllowed(request.headers.authorization)) {
      response.writeHead(401, { 'content-type': 'text/plain', 'www-authenticate': 'Bearer' })
      response.end('the metrics need the key of TANDEM_METRICS_KEY: send it as "Authorization: Bearer KEY"\n')
      return
    }
    // Not `new URL`: it throws for some of the paths that a client can send.
    const [path] = (request.url ?? '/').split('?')
    if (path !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('the metrics are at /metrics\n')
      return
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end()
      return
    }
    exporter.getMetricsRequestHandler(request, response)
    response.setHeader('content-type', contentType)
  })
  server.maxConnections = maxConnections
  return server
}
