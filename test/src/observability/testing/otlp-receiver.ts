import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { fixturesFolder } from '../../support/fixtures.js'

const portsSchema = z.object({ grpc: z.int(), http: z.int() })

/** A span as a collector receives it. Times are microseconds since 1970. */
const spanSchema = z.object({
  service: z.string(),
  trace: z.string(),
  span: z.string(),
  /** Empty if there is none. */
  parent: z.string(),
  name: z.string(),
  kind: z.int(),
  start: z.number(),
  end: z.number(),
  status: z.int(),
  attributes: z.record(z.string(), z.unknown()),
})

/** A span as a collector receives it. */
export type ReceivedSpan = z.output<typeof spanSchema>

const metricSchema = z.object({ service: z.string(), metric: z.string() })

/** A running receiver. */
export interface OtlpReceiver {
  /** The endpoint for `OTEL_EXPORTER_OTLP_ENDPOINT`, by protocol. */
  endpointOf(protocol: string): string
  /** All spans so far. */
  spans(): readonly ReceivedSpan[]
  /** All metrics so far: `service metric`. */
  metrics(): ReadonlySet<string>
  stop(): void
}

/** Starts test/fixtures/otlp/receiver.py. @param python a Python with its requirements */
export async function startOtlpReceiver(python: string): Promise<OtlpReceiver> {
  const child = spawn(python, [join(fixturesFolder, 'otlp/receiver.py')], { stdio: ['ignore', 'pipe', 'inherit'] })
  const spans: ReceivedSpan[] = []
  const metrics = new Set<string>()
  const ports = await new Promise<z.output<typeof portsSchema>>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the OTLP receiver ended with ${code}`)))
    createInterface({ input: child.stdout }).on('line', (line) => {
      const message: unknown = JSON.parse(line)
      const [first, metric] = [portsSchema.safeParse(message), metricSchema.safeParse(message)]
      if (first.success) resolve(first.data)
      else if (metric.success) metrics.add(`${metric.data.service} ${metric.data.metric}`)
      else spans.push(spanSchema.parse(message))
    })
  })
  return {
    endpointOf: (protocol) => `http://127.0.0.1:${protocol === 'grpc' ? ports.grpc : ports.http}`,
    spans: () => spans,
    metrics: () => metrics,
    stop: () => {
      child.removeAllListeners('exit')
      child.kill()
    },
  }
}
