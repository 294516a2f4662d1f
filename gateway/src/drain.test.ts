import { once } from 'node:events'
import { connect } from 'node:net'
import pino from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { parseGatewayConfig } from './config.js'
import { Admission } from './routes/admission.js'
import { type RunningGateway, startGateway } from './start.js'
import { type HeldAnswers, holdSteps } from './testing/hold-answers.js'
import { ToyService } from './testing/toy-service.js'

let dpo: ToyService
let sft: ToyService
let gateway: RunningGateway
/** No answer computes a token until this is released. */
let held: HeldAnswers

beforeEach(async () => {
  dpo = new ToyService(3)
  sft = new ToyService(1009)
  held = holdSteps(dpo)
})
afterEach(async () => {
  vi.restoreAllMocks()
  held.release()
  await gateway.stop()
  dpo.kill()
  sft.kill()
})

async function start(more: Record<string, string> = {}): Promise<void> {
  const addresses = { TANDEM_DPO: await dpo.start(), TANDEM_SFT: await sft.start() }
  const config = parseGatewayConfig({ ...addresses, TANDEM_PORT: '0', TANDEM_DRAIN_MS: '600000', ...more })
  gateway = await startGateway(config, pino({ level: 'silent' }))
}

const get = (path: string) => fetch(`${gateway.url}${path}`)
const post = (body: object = {}) =>
  fetch(`${gateway.url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'pair', prompt: [4, 388], max_tokens: 8, ignore_eos: true, ...body }),
  })
const health = async () => Promise.all(['/readyz', '/health', '/livez'].map(async (path) => (await get(path)).status))
const isRunning = () => expect.poll(() => dpo.sessions.size + sft.sessions.size, { interval: 5 }).toBeGreaterThan(0)

test('a gateway that stops is not ready, finishes running and queued answers, and refuses new ones', async () => {
  await start({ TANDEM_MAX_CONCURRENT: '1' })
  const admission = vi.spyOn(Admission.prototype, 'acquire')
  const streamed = post({ stream: true })
  await isRunning()
  const whole = [post(), post()]
  await expect.poll(() => admission.mock.calls.length).toBe(3)
  const stopped = gateway.stop()

  expect(await health()).toEqual([503, 503, 200])
  expect(await (await get('/readyz')).json()).toEqual({ status: 'not ready', faults: ['the gateway is stopping'] })
  const refused = await post({ prompt: 'a long prompt '.repeat(10_000) })
  const headers = ['retry-after', 'x-should-retry', 'connection'].map((name) => refused.headers.get(name))
  expect([refused.status, ...headers]).toEqual([503, '1', 'true', 'close'])
  expect(await refused.json()).toEqual({
    error: {
      message: 'the gateway is stopping and accepts no new requests: send the request again',
      type: 'server_error',
      param: null,
      code: 'service_unavailable',
    },
  })

  held.release()
  expect(await (await streamed).text()).toMatch(/"finish_reason":"length"[\s\S]*data: \[DONE\]\n\n$/)
  for (const answer of await Promise.all(whole)) {
    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close'])
    expect(await answer.json()).toMatchObject({ usage: { completion_tokens: 8 } })
  }
  await stopped
  await expect(get('/livez')).rejects.toThrow()
})

test('during the delay it is not ready but accepts requests, then it refuses them', async () => {
  await start({ TANDEM_DRAIN_DELAY_MS: '5000' })
  const running = post({ stream: true })
  await isRunning()
  const stopped = gateway.stop()
  const statuses: number[] = []
  expect(await health()).toEqual([503, 503, 200])
  await expect
    .poll(async () => {
      const { status, headers } = await get('/v1/models')
      expect(headers.get('connection')).toBe('close')
      statuses.push(status)
      return status
    })
    .toBe(503)
  expect(statuses[0]).toBe(200)
  held.release()
  expect((await running).status).toBe(200)
  await stopped
})

test('connections without a request close when it stops', async () => {
  await start()
  const { hostname, port } = new URL(gateway.url)
  const running = post({ stream: true })
  await isRunning()
  const idle = connect(Number(port), hostname)
  idle.write('GET /livez HTTP/1.1\r\nhost: a\r\n\r\n')
  expect(String(await once(idle, 'data'))).toContain('200 OK')
  const ended = once(idle, 'end')
  const stopped = gateway.stop()
  await ended
  idle.end()
  held.release()
  await running
  await stopped
})

test('a client that connects and sends nothing does not delay the stop', async () => {
  await start()
  const { hostname, port } = new URL(gateway.url)
  const silent = connect(Number(port), hostname)
  await once(silent, 'connect')
  const closed = once(silent, 'close')
  silent.resume()
  await gateway.stop()
  await closed
})
