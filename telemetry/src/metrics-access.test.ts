import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { describe, expect, it, test } from 'vitest'
import { createKeyCheck, resolveMetricsAddress } from './metrics-access.js'
import { serveMetrics } from './metrics-server.js'

const open = { metricsKey: null, isMetricsInsecure: false }

describe('the address of the metrics', () => {
  it.each(['0.0.0.0:9464', '[::]:9464', '10.0.0.1:0', '[::ffff:10.0.0.1]:1'])(
    '%s needs a key or a flag that says why not',
    async (listen) => {
      await expect(resolveMetricsAddress(listen, open)).rejects.toThrow(
        `TANDEM_METRICS_LISTEN is ${listen}, which other machines can reach, and the metrics have no key: ` +
          'set TANDEM_METRICS_KEY, or TANDEM_METRICS_INSECURE=1 if only Prometheus can reach this port, or listen on 127.0.0.1',
      )
      const exporter = new PrometheusExporter({ preventServerStart: true })
      await expect(serveMetrics(exporter, listen)).rejects.toThrow('the metrics have no key')
      for (const access of [
        { ...open, metricsKey: 'k' },
        { ...open, isMetricsInsecure: true },
      ])
        expect((await resolveMetricsAddress(listen, access)).port).toBe(
          Number(listen.slice(listen.lastIndexOf(':') + 1)),
        )
    },
  )

  it.each([
    ['127.0.0.1:9464', '127.0.0.1', 9464],
    ['[::1]:0', '::1', 0],
    ['localhost:1', '127.0.0.1', 1],
  ])('%s needs none', async (listen, address, port) => {
    expect(await resolveMetricsAddress(listen, open)).toMatchObject({ address, port })
  })
})

test('a key is compared as a bearer token', () => {
  const isAllowed = createKeyCheck('secret')
  expect(['Bearer secret', 'bearer  secret '].map(isAllowed)).toEqual([true, true])
  const wrong = [undefined, '', 'Bearer', 'Bearer ', 'secret', 'Basic secret', 'Bearer secre', 'Bearer secret x']
  expect(wrong.map(isAllowed)).toEqual(wrong.map(() => false))
  expect(createKeyCheck(null)(undefined)).toBe(true)
})

test('with a key, every path of the endpoint needs it', async () => {
  const exporter = new PrometheusExporter({ preventServerStart: true })
  const server = await serveMetrics(exporter, '127.0.0.1:0', { metricsKey: 'secret', isMetricsInsecure: false })
  try {
    for (const path of ['/metrics', '/', '/other', '//'])
      for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS'])
        for (const headers of [{}, { authorization: 'Bearer wrong' }]) {
          const answer = await fetch(`${new URL(server.url).origin}${path}`, { method, headers })
          const found = [path, answer.status, answer.headers.get('www-authenticate')]
          expect(found).toEqual([path, 401, 'Bearer'])
          expect(await answer.text()).not.toContain('#')
        }
    const headers = { authorization: 'Bearer secret' }
    expect((await fetch(server.url, { headers })).status).toBe(200)
    expect((await fetch(new URL('/', server.url), { headers })).status).toBe(404)
  } finally {
    server.close()
  }
})
