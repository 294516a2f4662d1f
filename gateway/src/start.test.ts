import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pino from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseGatewayConfig } from './config.js'
import { type RunningGateway, startGateway } from './start.js'
import { holdSteps } from './testing/hold-answers.js'
import { ToyService } from './testing/toy-service.js'
import { readText } from './text/testing/fixtures.js'

let dpo: ToyService
let sft: ToyService
let addresses: Readonly<Record<'TANDEM_DPO' | 'TANDEM_SFT', string>>
let gateway: RunningGateway
const log = pino({ level: 'silent' })

beforeEach(async () => {
  dpo = new ToyService(3)
  sft = new ToyService(1009)
  addresses = { TANDEM_DPO: await dpo.start(), TANDEM_SFT: await sft.start() }
  gateway = await startGateway(
    parseGatewayConfig({ ...addresses, TANDEM_PORT: '0', TANDEM_DRAIN_MS: '100', TANDEM_RECEIVE_TIMEOUT_MS: '60000' }),
    log,
  )
})
afterEach(async () => {
  dpo.kill()
  sft.kill()
  await gateway.stop()
})

const post = (body: object, signal?: AbortSignal, url = gateway.url) =>
  fetch(`${url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'pair', prompt: [4, 388], max_tokens: 60, ignore_eos: true, ...body }),
    ...(signal ? { signal } : {}),
  })

const allClosed = () => expect.poll(() => dpo.sessions.size + sft.sessions.size, { interval: 10 }).toBe(0)

test('over HTTP each part of a stream arrives as soon as it is generated', async () => {
  // A step waits until the client has read one part for every three steps before it.
  let steps = 0
  let parts = 0
  let wake = () => {}
  dpo.beforeStep = async () => {
    const before = Math.floor(steps++ / 3)
    while (parts < before)
      await new Promise<void>((resolve) => {
        wake = resolve
      })
  }
  const response = await post({ stream: true })
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    parts += decoder.decode(chunk, { stream: true }).split('data: ').length - 1
    wake()
  }
  expect(steps).toBeGreaterThanOrEqual(60)
})

test.each([true, false])(
  'a client that disconnects (streamed: %s) ends the decoding and both sessions',
  async (stream) => {
    dpo.beforeStep = () => delay(50)
    const client = new AbortController()
    const answer = post({ stream }, client.signal).then((response) => response.text())
    await expect.poll(() => dpo.steps.length, { interval: 10 }).toBeGreaterThanOrEqual(5)
    expect(dpo.sessions.size).toBe(1)
    client.abort()
    await expect(answer).rejects.toThrow('abort')
    await allClosed()
    expect(dpo.steps.length).toBeLessThan(55)
  },
)

test.each([true, false])(
  'a client that disconnects during its prefill (streamed: %s) ends it, and nothing is decoded',
  async (stream) => {
    const held = holdSteps(dpo)
    const client = new AbortController()
    const answer = post({ stream, decoding: { path: 'plain' } }, client.signal).then((response) => response.text())
    await expect.poll(() => [dpo.messages.length, sft.sessions.size], { interval: 5 }).toEqual([1, 1])
    client.abort()
    await expect(answer).rejects.toThrow('abort')
    await expect.poll(() => sft.sessions.size, { interval: 5 }).toBe(0)
    held.release()
    await allClosed()
    expect(dpo.messages).toHaveLength(1)
  },
)

test('a stop ends open answers with an error that names the reason', async () => {
  dpo.beforeStep = () => delay(20)
  const response = await post({ stream: true })
  await gateway.stop()
  expect(await response.text()).toContain('"message":"the gateway is stopping"')
})

test('the start fails if services are unavailable, and names them', async () => {
  const config = parseGatewayConfig({
    TANDEM_DPO: '127.0.0.1:1',
    TANDEM_SFT: '127.0.0.1:1',
    TANDEM_START_TIMEOUT_MS: '5000',
  })
  await expect(startGateway(config, log)).rejects.toThrow(
    /the (DPO|SFT) service at 127\.0\.0\.1:1 is unavailable: connect ECONNREFUSED 127\.0\.0\.1:1$/,
  )
})

test('a configured end token ends answers like EOS; the start fails if it is not a token', async () => {
  const answer = async (url: string) => {
    const body = { return_token_ids: true, ignore_eos: false, decoding: { strategy: 'greedy-dpo' } }
    const json: unknown = await (await post(body, undefined, url)).json()
    return (json as { choices: { token_ids: number[]; finish_reason: string; stop_reason: unknown }[] }).choices[0]
  }
  const ids = (await answer(gateway.url))?.token_ids ?? []
  const last = ids.find((id, i) => i >= 3 && ids.indexOf(id) === i) ?? -1
  const startWith = (token: string) => {
    const TANDEM_END_TOKENS = JSON.stringify([token])
    return startGateway(parseGatewayConfig({ ...addresses, TANDEM_PORT: '0', TANDEM_END_TOKENS }), log)
  }
  const ending = await startWith(readText('tiny/llama-tied').tokenName(last) ?? '')
  const ended = await answer(ending.url)
  await ending.stop()
  expect(ended).toMatchObject({ finish_reason: 'stop', stop_reason: null })
  expect(ended?.token_ids).toEqual(ids.slice(0, ids.indexOf(last) + 1))
  await expect(startWith('<no such>')).rejects.toThrow('TANDEM_END_TOKENS names "<no such>"')
})

test('a client that sends too slowly gets an error', async () => {
  const headers = { 'content-type': 'application/json', 'content-length': '99' }
  const env = { ...addresses, TANDEM_PORT: '0', TANDEM_RECEIVE_TIMEOUT_MS: '500' }
  const strict = await startGateway(parseGatewayConfig(env), log)
  const slow = request(`${strict.url}/v1/completions`, { method: 'POST', headers })
  slow.write('{"model":')
  const [{ statusCode }] = (await once(slow, 'response')) as [{ statusCode: number }]
  expect(statusCode).toBe(408)
  slow.destroy()
  await strict.stop()
})

test('a client that disconnects in the middle of its request does not affect the server', async () => {
  const headers = { 'content-type': 'application/json', 'content-length': '99', expect: '100-continue' }
  const cut = request(`${gateway.url}/v1/completions`, { method: 'POST', headers })
  cut.on('error', () => undefined)
  cut.write('{"model":')
  await once(cut, 'continue')
  cut.destroy()
  expect((await post({ max_tokens: 1 })).status).toBe(200)
})

test.each(['0.0.0.0', '::', '10.0.0.1', '::ffff:10.0.0.1'])(
  'without API keys, a gateway on %s does not start, whatever the services are',
  async (host) => {
    const config = parseGatewayConfig({ ...addresses, TANDEM_PORT: '0', TANDEM_HOST: host })
    await expect(startGateway(config, log)).rejects.toThrow(
      `TANDEM_HOST is ${host}, which other machines can reach, and there are no API keys: ` +
        'set TANDEM_API_KEYS or TANDEM_API_KEYS_FILE, or listen on 127.0.0.1',
    )
  },
)

test.each(['localhost', '127.0.0.2', '::ffff:127.0.0.1'])('without API keys, a gateway on %s starts', async (host) => {
  const own = await startGateway(parseGatewayConfig({ ...addresses, TANDEM_PORT: '0', TANDEM_HOST: host }), log)
  try {
    expect((await fetch(`${own.url}/livez`)).status).toBe(200)
  } finally {
    await own.stop()
  }
})

test('a file of API keys is read at the start and again when it changes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-keys-'))
  const file = join(folder, 'keys')
  const start = () =>
    startGateway(parseGatewayConfig({ ...addresses, TANDEM_PORT: '0', TANDEM_API_KEYS_FILE: file }), log)
  await expect(start()).rejects.toThrow(`TANDEM_API_KEYS_FILE is not valid: ${file}: the file cannot be read (ENOENT)`)
  await writeFile(file, '# keys\nsecret key\n')
  await expect(start()).rejects.toThrow(`TANDEM_API_KEYS_FILE is not valid: ${file}:2: field 2 is not known`)
  await writeFile(file, 'first name=alice\n')
  const own = await start()
  const statusOf = async (key: string) =>
    (await fetch(`${own.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).status
  try {
    expect([await statusOf('first'), await statusOf('second')]).toEqual([200, 401])
    await writeFile(file, 'second name=bob\n')
    await expect.poll(() => statusOf('second')).toBe(200)
    expect(await statusOf('first')).toBe(401)
  } finally {
    await own.stop()
    await rm(folder, { recursive: true })
  }
})

test('limits per API key without keys are a warning, and repeated keys an error', async () => {
  const warnings: unknown[] = []
  const recording = pino({ level: 'warn' }, { write: (line) => void warnings.push(JSON.parse(line).msg) })
  const limited = { ...addresses, TANDEM_PORT: '0', TANDEM_KEY_CONCURRENT: '2' }
  await (await startGateway(parseGatewayConfig(limited), recording)).stop()
  expect(warnings).toContain('the limits per API key (TANDEM_KEY_*) have no effect: there are no keys')
  await expect(startGateway(parseGatewayConfig({ ...limited, TANDEM_API_KEYS: 'a,b,a' }), log)).rejects.toThrow(
    'TANDEM_API_KEYS is not valid: TANDEM_API_KEYS, key 3: the key is also in TANDEM_API_KEYS, key 1',
  )
})
