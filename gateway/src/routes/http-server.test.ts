import { once } from 'node:events'
import type { Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { prometheusName } from '@tandem/telemetry'
import { recordTelemetry } from '@tandem/telemetry/testing'
import { expect, onTestFinished, test } from 'vitest'
import { createGatewayTelemetry } from '../telemetry/gateway-telemetry.js'
import { holdSteps } from '../testing/hold-answers.js'
import { startToyGateway } from '../testing/toy-gateway.js'
import { createHttpServer } from './http-server.js'

/** Serves until the end of the test. */
async function serve(...parameters: Parameters<typeof createHttpServer>): Promise<Server> {
  const server = createHttpServer(...parameters).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  await once(server, 'listening')
  return server
}

test('requests that a client sends ahead end when it disconnects', async () => {
  const toys = await startToyGateway({
    prepare: ({ dpo, sft }) => {
      for (const { model } of [dpo, sft]) model.contextLength = 256
    },
  })
  onTestFinished(() => toys.stop())
  // The first answers begin, and none ends.
  holdSteps(toys.dpo, { after: 12 })
  const recorded = recordTelemetry()
  const app = toys.app({ telemetry: createGatewayTelemetry('toy', recorded.telemetry) })
  const server = await serve(app, { receiveTimeoutMs: 120_000, requestTimeoutMs: 120_000 })
  const sample = async (name: string, labels = '') =>
    (await recorded.samples()).get(`${name}{model_name="toy"${labels}}`) ?? 0
  const open = async () =>
    (await sample(prometheusName('requestsRunning'))) + (await sample(prometheusName('requestsWaiting')))

  const body = JSON.stringify({ model: 'toy', prompt: [4], max_tokens: 100, ignore_eos: true, stream: true })
  const head = `POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n`
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  client.write(`${head}Content-Type: application/json\r\n\r\n${body}`.repeat(3))
  await expect.poll(open).toBe(3)
  client.destroy()
  await expect.poll(open).toBe(0)
  expect(await sample(prometheusName('requestSuccess'), ',finished_reason="abort"')).toBe(3)
})

test('closes the connection of an answer that takes longer than it may', async () => {
  const toys = await startToyGateway()
  onTestFinished(() => toys.stop())
  holdSteps(toys.dpo)
  const server = await serve(toys.app(), { receiveTimeoutMs: 1_000, requestTimeoutMs: 1 })
  // On a busy machine the request may arrive late: that is not the subject.
  Object.assign(server, { headersTimeout: 0, requestTimeout: 0 })
  const body = JSON.stringify({ model: 'toy', prompt: [4], max_tokens: 1 })
  const head = `POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n`
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  client.write(`${head}Content-Type: application/json\r\n\r\n${body}`)
  await expect.poll(() => toys.dpo.sessions.size + toys.dpo.messages.length).toBeGreaterThan(0)
  await once(client, 'close')
  await expect.poll(() => toys.dpo.sessions.size).toBe(0)
})
