import { attributeNames as names } from '@tandem/telemetry'
import pino from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseEvents } from '../testing/parse-events.js'
import { createGatewayTelemetry } from './gateway-telemetry.js'
import { createRecordedGateway, secret } from './testing/recorded-gateway.js'

const { now, start, stop, serve, chat, finish, serverSpans } = createRecordedGateway()
beforeEach(() => start())
afterEach(stop)

describe('text', () => {
  test('is in no span, metric or line of the log', async () => {
    const answer = await finish(await chat({ stream: true }, { 'x-tandem-trace': 'tokens' }))
    const written = parseEvents(answer)
      .flatMap((event) => (event as { choices?: { delta?: { content?: string } }[] }).choices ?? [])
      .map(({ delta }) => delta?.content ?? '')
      .join('')
    expect(written.length).toBeGreaterThan(3)
    const all = JSON.stringify([
      now.recorded.spans().map(({ name, attributes, events }) => [name, attributes, events]),
      [...(await now.recorded.samples()).keys()],
      now.logLines,
    ])
    expect(all).not.toContain(secret)
    expect(all).not.toContain(JSON.stringify(written).slice(1, -1))
  })

  test('is in no line about a refused request, whose message may quote it', async () => {
    const lines: string[] = []
    const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
    for (const hasContent of [false, true]) {
      const telemetry = createGatewayTelemetry('toy', { ...now.recorded.telemetry, hasContent })
      const answer = await now.toys.app({ telemetry, log }).request('/v1/chat/completions', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'toy', messages: secret }),
      })
      expect(await answer.text()).toContain(secret)
    }
    expect(lines.map((line) => [line.includes(secret), line.includes('"param":"messages"')])).toEqual([
      [false, true],
      [true, true],
    ])
  })

  test('is in the span if telemetry.content is set', async () => {
    await serve({ hasContent: true })
    const sampled = { decoding: { strategy: 'sample' }, n: 2, temperature: 1 }
    const { choices } = JSON.parse(await finish(await chat(sampled))) as { choices: { message: { content: string } }[] }
    expect(serverSpans()[0]?.attributes[names.inputMessages]).toContain(secret)
    const answers: unknown = JSON.parse(String(serverSpans()[0]?.attributes[names.outputMessages]))
    expect(answers).toHaveLength(2)
    for (const { message } of choices) expect(answers).toContainEqual({ role: 'assistant', content: message.content })
  })
})

test('each request has one line in the log, with its ids, counts and times', async () => {
  await finish(await chat({}, { 'x-request-id': 'my-request' }))
  const { traceId, spanId } = serverSpans()[0]?.spanContext() ?? {}
  expect(now.logLines).toMatchObject([
    {
      msg: 'request',
      requestId: 'my-request',
      trace_id: traceId,
      span_id: spanId,
      operation: 'chat',
      strategy: 'aad',
      status: 200,
      completionTokens: 6,
      finishReasons: ['length'],
    },
  ])
  expect(now.logLines[0]?.totalMs).toBeGreaterThan(0)
})
