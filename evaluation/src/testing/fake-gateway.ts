import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request that the gateway has received. */
export interface Received {
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
  readonly requestId: string | undefined
  /** The header authorization. */
  readonly authorization: string | undefined
  /** Number of requests for answers before this one. */
  readonly number: number
}

/** An answer that replaces the usual one. */
export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly text: string
}

/** What a test changes. */
export interface FakeOptions {
  /** A reply of the test; undefined: the usual one; `drop`: the connection is cut. */
  readonly intercept?: (received: Received) => Promise<Reply | 'drop' | undefined> | Reply | 'drop' | undefined
  /** The version of the model in /info. */
  readonly modelVersion?: string
  /** The scale of the adapter of its model. Default: it has no adapter. */
  readonly adapterScale?: number
  /** The names of its reward models. Default: none. */
  readonly rewardModels?: readonly string[]
  /** Whether /info has the default strategy and the default parameters. Default: true. */
  readonly hasDefaults?: boolean
  /** Whether it has /info and /tokenizer_info. */
  readonly isTandem?: boolean
}

/** A server with the routes that a batch uses. Its answers depend only on the request. */
export interface FakeGateway {
  readonly url: string
  readonly received: readonly Received[]
  /** The most requests that were open at once. */
  readonly mostOpen: () => number
  stop(): Promise<void>
}

/**
 * Starts a gateway without models. What differs between two runs of a real one differs here too.
 */
export async function startFakeGateway(options: FakeOptions = {}): Promise<FakeGateway> {
  const received: Received[] = []
  let open = 0
  let most = 0
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') return send(response, describe(request.url ?? '', options))
    most = Math.max(most, ++open)
    const entry = await read(request, received.length)
    received.push(entry)
    const reply = (await options.intercept?.(entry)) ?? usualReply(entry)
    open--
    if (reply === 'drop') request.socket.destroy()
    else send(response, reply)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const stop = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return { url: `http://127.0.0.1:${port}`, received, mostOpen: () => most, stop }
}

async function read(request: IncomingMessage, number: number): Promise<Received> {
  let text = ''
  for await (const part of request) text += part
  const requestId = request.headers['x-request-id'] as string | undefined
  const { authorization } = request.headers
  return { path: request.url ?? '', body: JSON.parse(text), requestId, authorization, number }
}

function send(response: ServerResponse, { status, headers, text }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text)
}

const json = (value: object, status = 200): Reply => ({ status, text: JSON.stringify(value) })

/** Makes the reply of an error, as OpenAI-compatible servers send it. */
export const errorReply = (status: number, error: object, headers: Readonly<Record<string, string>> = {}): Reply => ({
  ...json({ error: { message: 'no', type: 'x', param: null, code: null, ...error } }, status),
  headers,
})

function describe(path: string, { modelVersion = 'v1', adapterScale, ...options }: FakeOptions): Reply {
  const { rewardModels = [], isTandem = true, hasDefaults = true } = options
  const adapted = { adapter: adapterScale === undefined ? null : 'fake-lora', adapter_scale: adapterScale ?? null }
  const model = { name: 'dpo', id: 'fake-dpo', version: modelVersion, precision: 'fp32', ...adapted }
  const info = {
    version: '0.1.0',
    pair: 'fake',
    models: [model],
    reward_models: rewardModels.map((name) => ({ ...model, name })),
    ...(hasDefaults ? { default_strategy: 'aad' } : {}),
    strategies: [{ name: 'aad', ...(hasDefaults ? { defaults: { alpha: 0.1 } } : {}) }],
    limits: { concurrent_requests: 4 },
  }
  if (path === '/v1/models') return json({ data: [{ id: 'fake' }] })
  if (path === '/info' && isTandem) return json(info)
  if (path === '/tokenizer_info' && isTandem) return json({ chat_template: 'x' })
  return errorReply(404, { message: 'no such route', code: 'not_found' })
}

function usualReply({ path, body, requestId, number }: Received): Reply {
  if (JSON.stringify(body).includes('refuse this'))
    return errorReply(400, { message: 'the prompt is too long', param: 'messages', code: 'context_length_exceeded' })
  const digest = createHash('sha256').update(JSON.stringify(body)).digest()
  if (path === '/v1/score') return json({ data: [{ index: 0, score: (digest[0] ?? 0) / 8 }] })
  const text = `${digest.toString('base64')} é\u2028数\n`
  const head = { id: `${requestId}-${number}`, created: number, model: body.model }
  const usage = { prompt_tokens: 3, completion_tokens: (digest[0] ?? 0) % 7, total_tokens: 9, cached_tokens: number }
  const ids = body.return_token_ids === true ? { token_ids: [...digest.subarray(0, 3)] } : {}
  const choice = path === '/v1/completions' ? { text } : { message: { role: 'assistant', content: text } }
  return json({ ...head, choices: [{ index: 0, ...choice, finish_reason: 'stop', ...ids }], usage })
}
