import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net'
import { afterEach, describe, expect, it, test } from 'vitest'
import { parseSamples } from './testing/index.js'
import { startTelemetryProcess, type TelemetryProcess } from './testing/telemetry-process.js'

/** Tests of telemetry in a process of its own, with collectors that work and that do not. */

const warn = 40
const maxWaitingSpans = 8192
/** A test that waited for it would fail: only the limit of `stop` can end the wait. */
const endless = '100000000'

let collector: TcpServer | undefined
let child: TelemetryProcess | undefined
afterEach(async () => {
  await child?.kill()
  collector?.close()
  if (collector && 'closeAllConnections' in collector) (collector as Server).closeAllConnections()
  collector = child = undefined
})

async function listen(server: TcpServer): Promise<string> {
  collector = server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const answering = (answer: (response: ServerResponse) => void) =>
  listen(createServer((request, response) => void request.resume().on('end', () => answer(response))))

const start = async (endpoint: string, protocol: string, environment: NodeJS.ProcessEnv = {}) => {
  child = await startTelemetryProcess({
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    OTEL_BSP_SCHEDULE_DELAY: '20',
    OTEL_METRIC_EXPORT_INTERVAL: '500',
    ...environment,
  })
  return child
}

/**
 * Sums the spans that the process has exported, dropped or failed to export, and those that wait.
 */
async function countSpans({ metricsUrl }: TelemetryProcess) {
  const samples = [...parseSamples(await (await fetch(metricsUrl ?? '')).text())]
  const sum = (pattern: RegExp) =>
    samples.filter(([name]) => pattern.test(name)).reduce((total, [, value]) => total + value, 0)
  const processed = 'otel_sdk_processor_span_processed_total'
  return {
    exported: sum(new RegExp(`^${processed}(?!.*error_type)`)),
    dropped: sum(new RegExp(`^${processed}.*error_type="queue_full"`)),
    failed: sum(new RegExp(`^${processed}.*error_type="(?!queue_full)`)),
    waiting: sum(/^otel_sdk_processor_span_queue_size/),
  }
}

const warnings = ({ lines }: TelemetryProcess) => lines().filter(({ level }) => level >= warn)

const failures = ({ lines }: TelemetryProcess) =>
  lines().filter(({ msg }) => msg.startsWith('telemetry is not exported')).length

test.each(['http/protobuf', 'http/json'])('exports every span and no warning over %s', async (protocol) => {
  const running = await start(await answering((response) => response.end()), protocol)
  await running.record(2000)
  await expect.poll(() => countSpans(running)).toEqual({ exported: 2000, dropped: 0, failed: 0, waiting: 0 })
  await running.stopTelemetry()
  expect(warnings(running)).toEqual([])
})

describe('without an endpoint', () => {
  it('exports nothing, and serves metrics on a free port', async () => {
    child = await startTelemetryProcess({})
    await child.record(10)
    const text = await (await fetch(child.metricsUrl ?? '')).text()
    expect(text).toContain('\ntandem_event_loop_busy_seconds_total ')
    expect(text).toContain('service_name="tandem-test"')
    expect(text).not.toContain('otel_sdk_processor')
    await child.stopTelemetry()
    expect(child.lines()).toEqual([])
  })

  it('serves no metrics if OTEL_SDK_DISABLED is true', async () => {
    child = await startTelemetryProcess({ OTEL_SDK_DISABLED: 'true', TANDEM_METRICS_LISTEN: '127.0.0.1:0' })
    expect(child.metricsUrl).toBeNull()
    await child.record(10)
    await child.stopTelemetry()
    expect(child.lines()).toEqual([])
  })

  test.each([
    ['OTEL_TRACES_SAMPLER', 'sometimes'],
    ['TANDEM_METRICS_LISTEN', '9464'],
  ])('does not start if %s is "%s"', async (name, value) => {
    await expect(startTelemetryProcess({ [name]: value })).rejects.toThrow(`${name} is "${value}"`)
  })
})

const html = '<html><body>Internal Server Error</body></html>'

describe.each(['http/protobuf', 'http/json', 'grpc'])('%s, a collector that fails at once', (protocol) => {
  test.each<[string, () => Promise<string>]>([
    ['is down', async () => 'http://127.0.0.1:1'],
    ['answers HTTP 500 with HTML', () => answering((response) => response.writeHead(500).end(html))],
    ['closes every connection', () => listen(createTcpServer((socket) => socket.destroy()))],
    [
      'answers garbage',
      () => listen(createTcpServer((socket) => void socket.on('error', () => {}).end('\0\x07garbage\n'))),
    ],
  ])('that %s: one warning, the queue is bounded, the process stops', async (_, open) => {
    const running = await start(await open(), protocol, { OTEL_EXPORTER_OTLP_TIMEOUT: '300' })
    await running.record(20_000)
    expect((await countSpans(running)).waiting).toBeLessThanOrEqual(maxWaitingSpans)
    await expect.poll(async () => (await countSpans(running)).failed).toBeGreaterThan(0)
    await expect.poll(() => failures(running)).toBeGreaterThan(1)
    expect((await countSpans(running)).dropped).toBeGreaterThanOrEqual(20_000 - 2 * maxWaitingSpans)
    await running.stopTelemetry()
    expect(warnings(running).length).toBe(1)
    expect(warnings(running)[0]?.msg).toMatch(/^telemetry is not exported: .+ Answers are not affected; /)
  })
})

test.each(['http/protobuf', 'grpc'])(
  '%s, a collector that never answers: the queue is bounded, the process stops',
  async (protocol) => {
    const sockets = createTcpServer((socket) => void socket.on('error', () => {}).resume())
    const running = await start(await listen(sockets), protocol, {
      OTEL_EXPORTER_OTLP_TIMEOUT: endless,
      OTEL_BSP_EXPORT_TIMEOUT: endless,
    })
    await running.record(20_000)
    const { waiting, dropped, failed } = await countSpans(running)
    expect(waiting).toBeLessThanOrEqual(maxWaitingSpans)
    expect(waiting + dropped).toBeGreaterThanOrEqual(20_000 - 512)
    expect(failed).toBe(0)
    await running.stopTelemetry()
    expect(warnings(running).length).toBeLessThanOrEqual(1)
  },
)
