import { setTimeout as delay } from 'node:timers/promises'
import pino from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseGatewayConfig } from './config.js'
import { type RunningGateway, startGateway } from './start.js'
import { ToyService } from './testing/toy-service.js'

let dpo: ToyService
let sft: ToyService
let gateway: RunningGateway
const log = pino({ level: 'silent' })

beforeEach(async () => {
  dpo = new ToyService(3)
  sft = new ToyService(1009)
  const [TANDEM_DPO, TANDEM_SFT] = [await dpo.start(), await sft.start()]
  gateway = await startGateway(
    parseGatewayConfig({ TANDEM_DPO, TANDEM_SFT, TANDEM_PORT: '0', TANDEM_DRAIN_MS: '100' }),
    log,
  )
})
afterEach(async () => {
  dpo.kill()
  sft.kill()
  await gateway.stop()
})

const post = (body: object, signal?: AbortSignal) =>
  fetch(`${gateway.url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'pair', prompt: [4, 388], max_tokens: 60, ignore_eos: true, ...body }),
    ...(signal ? { signal } : {}),
  })

async function untilClosed(): Promise<number> {
  for (let i = 0; i < 100 && dpo.sessions.size + sft.sessions.size > 0; i++) await delay(10)
  return dpo.sessions.size + sft.sessions.size
}

test('over HTTP each part of a stream comes when it is decided', async () => {
  dpo.beforeStep = () => delay(10)
  const response = await post({ stream: true })
  const arrivals: number[] = []
  for await (const chunk of response.body ?? []) if (chunk.length > 0) arrivals.push(performance.now())
  expect(arrivals.length).toBeGreaterThan(20)
  expect((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThan(300)
})

test.each([true, false])(
  'a client that goes (streamed: %s) ends the decoding and frees both sessions',
  async (stream) => {
    dpo.beforeStep = () => delay(10)
    const client = new AbortController()
    const answer = post({ stream }, client.signal).then((response) => response.text())
    for (let i = 0; i < 100 && dpo.steps.length < 5; i++) await delay(10)
    expect(dpo.sessions.size).toBe(1)
    client.abort()
    await expect(answer).rejects.toThrow('abort')
    expect(await untilClosed()).toBe(0)
    expect(dpo.steps.length).toBeLessThan(40)
  },
)

test('a stop ends open answers with an error that says so', async () => {
  dpo.beforeStep = () => delay(20)
  const response = await post({ stream: true })
  await gateway.stop()
  expect(await response.text()).toContain('"message":"the gateway is stopping"')
})

test('services that never come end the start, named', async () => {
  const config = parseGatewayConfig({
    TANDEM_DPO: '127.0.0.1:1',
    TANDEM_SFT: '127.0.0.1:1',
    TANDEM_START_TIMEOUT_MS: '300',
  })
  await expect(startGateway(config, log)).rejects.toThrow(/the (DPO|SFT) service at 127\.0\.0\.1:1 is unavailable/)
})
