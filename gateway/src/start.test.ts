import { type RequestOptions, request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import pino from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseGatewayConfig } from './config.js'
import { type RunningGateway, startGateway } from './start.js'
import { ToyService } from './testing/toy-service.js'
import { readText } from './text/testing/fixtures.js'

let dpo: ToyService
let sft: ToyService
let addresses: Readonly<Record<'TANDEM_DPO' | 'TANDEM_SFT', string>>
let gateway: RunningGateway
const log = pino({ level: 'silent' })
const maxBodyBytes = 10_000

beforeEach(async () => {
  dpo = new ToyService(3)
  sft = new ToyService(1009)
  addresses = { TANDEM_DPO: await dpo.start(), TANDEM_SFT: await sft.start() }
  gateway = await startGateway(
    parseGatewayConfig({
      ...addresses,
      TANDEM_PORT: '0',
      TANDEM_DRAIN_MS: '100',
      TANDEM_MAX_BODY_BYTES: `${maxBodyBytes}`,
    }),
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

test.each([true, false])(
  'a client that goes while its prompt is read (streamed: %s) ends that, and nothing is decoded',
  async (stream) => {
    let read = () => {}
    const isRead = new Promise<void>((resolve) => {
      read = resolve
    })
    dpo.beforeStep = () => isRead
    const client = new AbortController()
    const answer = post({ stream, decoding: { path: 'plain' } }, client.signal).then((response) => response.text())
    await expect.poll(() => [dpo.messages.length, sft.sessions.size], { interval: 5 }).toEqual([1, 1])
    client.abort()
    await expect(answer).rejects.toThrow('abort')
    await expect.poll(() => sft.sessions.size, { interval: 5 }).toBe(0)
    read()
    expect(await untilClosed()).toBe(0)
    expect(dpo.messages).toHaveLength(1)
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

test('an end token of the deployment ends answers as EOS does; one that is no token ends the start', async () => {
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

interface HttpAnswer {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
}

/** A request as its bytes are; `parts` are written one by one, without a length unless the options give one. */
function send(path: string, options: RequestOptions, parts: readonly string[]): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(gateway.url + path, options, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }))
    })
    sent.on('error', reject)
    for (const part of parts) sent.write(part)
    sent.end()
  })
}

describe('bodies', () => {
  const json = { 'content-type': 'application/json' }
  const body = JSON.stringify({ model: 'pair', prompt: [4, 388], max_tokens: 2 })
  const errorOf = ({ text }: HttpAnswer) => (JSON.parse(text) as { error: Record<string, unknown> }).error
  const post = (headers: Record<string, string>, parts: readonly string[]) =>
    send('/v1/completions', { method: 'POST', headers: { ...json, ...headers } }, parts)

  test('in chunks are read as those with a length', async () => {
    const chunked = await post({}, [body.slice(0, 9), body.slice(9)])
    expect([chunked.status, JSON.parse(chunked.text)]).toMatchObject([200, { usage: { completion_tokens: 2 } }])
    expect((await post({ 'content-length': `${body.length}` }, [body])).status).toBe(200)
  })

  test('over the limit are refused, by their length before they come and in chunks as they come', async () => {
    const large = 'x'.repeat(maxBodyBytes / 2)
    for (const refused of [await post({}, [large, large, 'x']), await post({ 'content-length': '10001' }, ['{'])]) {
      expect(refused.status).toBe(413)
      expect(errorOf(refused)).toMatchObject({ type: 'invalid_request_error', message: expect.stringMatching('10000') })
    }
    expect((await post({}, [large, large])).status).toBe(400)
  })

  test('shorter than their length, or of a client that goes, leave the server as it was', async () => {
    const cut = request(`${gateway.url}/v1/completions`, {
      method: 'POST',
      headers: { ...json, 'content-length': '99' },
    })
    cut.on('error', () => undefined)
    cut.write(body.slice(0, 9))
    await delay(20)
    cut.destroy()
    const none = await send('/v1/completions', { method: 'POST', headers: json }, [])
    expect([none.status, errorOf(none).message]).toEqual([400, 'the body is not JSON'])
    expect((await post({}, [body])).status).toBe(200)
  })

  test.each([
    ['OPTIONS', '/v1/completions', 'POST'],
    ['PUT', '/v1/chat/completions', 'POST'],
    ['DELETE', '/v1/models/pair', 'GET, HEAD'],
    ['POST', '/v1/models', 'GET, HEAD'],
    ['PATCH', '/livez', 'GET, HEAD'],
  ])('%s %s, without a body, is refused with what the path takes', async (method, path, allow) => {
    const refused = await send(path, { method }, [])
    expect([refused.status, refused.headers.allow]).toEqual([405, allow])
    expect(errorOf(refused)).toMatchObject({ code: 'method_not_allowed', type: 'invalid_request_error' })
  })

  test('a path that is no text names no model', async () => {
    const refused = await send('/v1/models/%E0%A4%A', {}, [])
    expect([refused.status, errorOf(refused).code]).toEqual([404, 'model_not_found'])
    expect((await send('/v1/nothing', { method: 'POST' }, [])).status).toBe(404)
  })
})
