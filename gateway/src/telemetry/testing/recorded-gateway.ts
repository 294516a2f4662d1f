import { setTimeout as delay } from 'node:timers/promises'
import { propagation, SpanKind } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { type MetricKey, prometheusName } from '@tandem/telemetry'
import { type RecordedTelemetry, recordTelemetry } from '@tandem/telemetry/testing'
import pino, { type Logger } from 'pino'
import type { AppDependencies } from '../../routes/dependencies.js'
import { serveApp } from '../../testing/serve-app.js'
import { startToyGateway, type ToyGateway, type ToyServices } from '../../testing/toy-gateway.js'
import { createGatewayTelemetry } from '../gateway-telemetry.js'

/** What the tests of one file see of the gateway that runs now. */
interface Running {
  toys: ToyGateway
  url: string
  recorded: RecordedTelemetry
  /** The lines of the log about requests. */
  logLines: Record<string, unknown>[]
  log: Logger
  stopServer(): Promise<void>
}

/** A text that must appear nowhere. */
export const secret = 'zanzibar'
/** A conversation with that text. */
export const messages = [{ role: 'user', content: secret }]

/** A gateway over toy services, with its telemetry in memory. */
export function createRecordedGateway() {
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  const now = {} as Running

  /** Serves again, with other telemetry or another app. */
  async function serve(
    changes: Parameters<typeof recordTelemetry>[0] = {},
    environment: NodeJS.ProcessEnv = {},
    appChanges: Partial<AppDependencies> = {},
  ) {
    await now.stopServer?.()
    now.recorded = recordTelemetry(changes, environment)
    now.logLines = []
    const write = (text: string) => {
      const line = JSON.parse(text) as Record<string, unknown>
      if (line.msg === 'request') now.logLines.push(line)
    }
    const log = pino({ level: 'info' }, { write })
    const telemetry = createGatewayTelemetry('toy', now.recorded.telemetry)
    const { url, stop } = await serveApp(now.toys.app({ telemetry, log, ...appChanges }))
    Object.assign(now, { url, log, stopServer: stop })
  }

  /**
   * Call it before each test.
   * @param replayTimeoutMs as in `startToyGateway`
   */
  async function start(replayTimeoutMs?: number): Promise<void> {
    const prepare = ({ dpo, sft }: ToyServices) => {
      for (const { model } of [dpo, sft]) model.contextLength = 256
    }
    now.toys = await startToyGateway({ prepare, replayTimeoutMs })
    await serve()
  }
  /** Call it after each test. */
  async function stop(): Promise<void> {
    await now.stopServer()
    now.toys.stop()
  }

  const chat = (body: object = {}, headers: Record<string, string> = {}) =>
    fetch(`${now.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'toy', messages, max_tokens: 6, ignore_eos: true, ...body }),
    })
  const serverSpans = () => now.recorded.spans().filter(({ kind }) => kind === SpanKind.SERVER)
  const spansOf = (name: string) => now.recorded.spans().filter((span) => span.name === name)

  /** Reads a whole answer, then waits until its span has ended. */
  async function finish(response: Response): Promise<string> {
    const count = serverSpans().length
    const text = await response.text()
    while (serverSpans().length < Math.max(1, count)) await delay(5)
    return text
  }

  /** Returns a sample of a metric; undefined if nothing was recorded. */
  async function sampleOf(key: MetricKey, labels = '', suffix = ''): Promise<number | undefined> {
    const samples = await now.recorded.samples()
    return samples.get(`${prometheusName(key)}${suffix}{model_name="toy"${labels}}`)
  }

  return { now, start, stop, serve, chat, finish, serverSpans, spansOf, sampleOf }
}
