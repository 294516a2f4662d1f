import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { freePort } from '../../support/processes.js'
import { startProgram } from './start-program.js'

const program = process.env.TANDEM_TEST_JAEGER || 'jaeger'

/** Why tests with Jaeger are skipped; empty if it is installed. */
export const withoutJaeger =
  spawnSync(program, ['version']).status === 0
    ? ''
    : ` (${program} is missing; see CONTRIBUTING.md, or name the program with TANDEM_TEST_JAEGER)`

const warningsSchema = z.array(z.string()).nullish()
const tagSchema = z.object({ key: z.string(), value: z.unknown() })

const traceSchema = z.object({
  traceID: z.string(),
  spans: z.array(
    z.object({
      spanID: z.string(),
      operationName: z.string(),
      processID: z.string(),
      references: z.array(z.object({ refType: z.string(), spanID: z.string() })),
      /** In microseconds. */
      startTime: z.number(),
      /** In microseconds. */
      duration: z.number(),
      tags: z.array(tagSchema),
      warnings: warningsSchema,
    }),
  ),
  processes: z.record(z.string(), z.object({ serviceName: z.string() })),
  warnings: warningsSchema,
})

/** A trace as Jaeger's page reads it. */
export type JaegerTrace = z.output<typeof traceSchema>

/** A span of such a trace. */
export type JaegerSpan = JaegerTrace['spans'][number]

/** A running Jaeger. */
export interface Jaeger {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`, with the protocol http/protobuf. */
  readonly endpoint: string
  /** Names of all services that it knows. */
  services(): Promise<readonly string[]>
  /** All traces with spans of a service, and with these tags in one of them. */
  traces(service: string, tags?: Readonly<Record<string, string>>): Promise<readonly JaegerTrace[]>
  stop(): Promise<void>
}

/**
 * Starts Jaeger 2 with its traces in memory.
 * @param folder for its configuration
 */
export async function startJaeger(folder: string): Promise<Jaeger> {
  const file = join(folder, 'jaeger.yaml')
  const [otlp, http, grpc] = [await freePort(), await freePort(), await freePort()].map((port) => `127.0.0.1:${port}`)
  await writeFile(file, JSON.stringify(toConfiguration({ otlp, http, grpc })))
  const get = async <T extends z.ZodType>(path: string, data: T) => {
    const response = await fetch(`http://${http}/api/${path}`)
    return data.parse(z.object({ data: z.unknown() }).parse(await response.json()).data)
  }
  const services = async () => (await get('services', z.array(z.string()).nullable())) ?? []
  const isReady = async () => {
    await services()
    return true
  }
  const stop = await startProgram('jaeger', [`--config=${file}`], isReady, program)
  const traces: Jaeger['traces'] = (service, tags = {}) =>
    get(`traces?service=${service}&tags=${encodeURIComponent(JSON.stringify(tags))}`, z.array(traceSchema))
  return { endpoint: `http://${otlp}`, services, traces, stop }
}

/** The part of Jaeger's own configuration that a trace needs, with free ports. */
const toConfiguration = ({ otlp, http, grpc }: Record<'otlp' | 'http' | 'grpc', string | undefined>) => ({
  service: {
    extensions: ['jaeger_storage', 'jaeger_query'],
    pipelines: { traces: { receivers: ['otlp'], exporters: ['jaeger_storage_exporter'] } },
    telemetry: { metrics: { level: 'none' }, logs: { level: 'warn' } },
  },
  extensions: {
    jaeger_storage: { backends: { memory: { memory: { max_traces: 100 } } } },
    jaeger_query: { storage: { traces: 'memory' }, http: { endpoint: http }, grpc: { endpoint: grpc } },
  },
  receivers: { otlp: { protocols: { http: { endpoint: otlp } } } },
  exporters: { jaeger_storage_exporter: { trace_storage: 'memory' } },
})
