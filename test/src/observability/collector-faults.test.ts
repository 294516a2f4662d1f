import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { parseSamples } from '@tandem/telemetry/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { complete } from '../support/rest.js'
import type { Stack } from '../support/stack.js'
import { startTinyStack } from '../support/tiny-stack.js'

/** A limit that one answer with a span per token exceeds. */
const maxWaitingSpans = 64
const answers = 4
const request = {
  model: 'tiny',
  messages: [{ role: 'user', content: 'Hello' }],
  max_tokens: 24,
  ignore_eos: true,
  // Asks for a span per token.
  decoding: { timings: true },
}

const listen = (server: Server): Promise<Server> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))

/** Answers each export some time after it came. */
const answerAfter = (ms: number) =>
  listen(
    createHttpServer((incoming, response) => {
      incoming.resume().on('end', () => setTimeout(() => response.writeHead(200).end(), ms))
    }),
  )

interface Collector {
  readonly start: () => Promise<Server | null>
  /** Limit of an export, in milliseconds. */
  readonly exportLimitMs?: number
  /** Whether exports succeed. */
  readonly succeeds?: boolean
}

/** Collectors that do not work, or are slow. */
const collectors: Readonly<Record<string, Collector>> = {
  'is down': { start: async () => null },
  'accepts and never answers': {
    start: () => listen(createServer((socket) => socket.on('error', () => socket.destroy()))),
  },
  'answers after the limit of an export': { start: () => answerAfter(2_000) },
  'answers late, but within the limit': { start: () => answerAfter(1_000), exportLimitMs: 30_000, succeeds: true },
  'answers 500 with a page': {
    start: () =>
      listen(
        createHttpServer((_, response) => response.writeHead(500, { 'content-type': 'text/html' }).end('<p>no</p>')),
      ),
  },
  'answers with bytes that are not HTTP': {
    start: () =>
      listen(createServer((socket) => socket.on('error', () => socket.destroy()).end('\u0000\u0001nonsense\r\n\r\n'))),
  },
}

const ask = (stack: Stack) => complete(stack.url, '/v1/chat/completions', request)

let expected: Awaited<ReturnType<typeof ask>>
beforeAll(async () => {
  const stack = await startTinyStack({ env: { OTEL_SDK_DISABLED: 'true' } })
  expected = await ask(stack)
  await stack.stop()
})

describe.each(Object.entries(collectors))('a collector that %s', (_, collector) => {
  const { start, exportLimitMs = 200, succeeds = false } = collector
  let server: Server | null
  let stack: Stack
  let output = ''
  beforeAll(async () => {
    server = await start()
    // A port that was just closed: nobody listens there.
    const port = server ? (server.address() as AddressInfo).port : await closedPort()
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_TIMEOUT: String(exportLimitMs),
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_BSP_MAX_QUEUE_SIZE: String(maxWaitingSpans),
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '32',
    }
    stack = await startTinyStack({ env })
    stack.gateway.stderr?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  })
  afterAll(async () => {
    await stack?.stop()
    server?.close()
  })

  test(`changes no answer, keeps its queue within its limit, and gets ${succeeds ? 'no' : 'one'} warning`, async () => {
    for (let i = 0; i < answers; i++) {
      const answer = await ask(stack)
      expect([answer.text, answer.tokenIds]).toEqual([expected.text, expected.tokenIds])
      expect(sumOf(await samples(), 'otel_sdk_processor_span_queue_size')).toBeLessThanOrEqual(maxWaitingSpans)
    }
    await expect.poll(succeeds ? exported : failed).toBeGreaterThan(0)
    if (!succeeds) await expect.poll(() => warningsIn(output)).toBe(1)
    // Exports after the first one change nothing either.
    expect((await ask(stack)).text).toBe(expected.text)
    expect(warningsIn(output)).toBe(succeeds ? 0 : 1)
    if (succeeds) expect(await failed()).toBe(0)
  })

  const processed = 'otel_sdk_processor_span_processed_total'
  const isDropped = (labels: string) => labels.includes('error_type="queue_full"')
  const isFailed = (labels: string) => labels.includes('error_type=') && !isDropped(labels)
  const exported = async () => sumOf(await samples(), processed, (labels) => !labels.includes('error_type='))
  const failed = async () => sumOf(await samples(), processed, isFailed)
  const samples = async () => parseSamples(await (await fetch(stack.metricsUrls[0] ?? '')).text())
})

const warningsIn = (output: string) =>
  output.split('\n').filter((line) => line.includes('"level":40') && line.includes('telemetry is not exported')).length

function sumOf(
  samples: ReadonlyMap<string, number>,
  name: string,
  matches: (labels: string) => boolean = () => true,
): number {
  const found = [...samples].filter(([key]) => key.startsWith(`${name}{`) && matches(key))
  return found.reduce((sum, [, value]) => sum + value, 0)
}

async function closedPort(): Promise<number> {
  const server = await listen(createServer())
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
