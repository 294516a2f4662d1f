import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { startToyGateway, type ToyChanges } from '../../../testing/toy-gateway.js'
import { type ConnectionLimits, createHttpServer } from '../../http-server.js'
import { type HttpAnswer, type HttpRequest, send, sendRaw } from './http-client.js'

/** A request and its expected answer. Omitted fields are those of a valid completion request. */
export interface BadInput extends Partial<HttpRequest> {
  /** The name of the test; derived from the request by default. */
  readonly name?: string
  /** Replaces fields of a valid body. */
  readonly fields?: Readonly<Record<string, unknown>>
  /** Replaces the whole body. */
  readonly text?: string | Buffer
  /** Replaces the whole connection: bytes, and pauses in milliseconds. */
  readonly raw?: readonly (string | number)[]
  readonly status: number
  readonly param?: string | null
  readonly code?: string | null
  /** A part of the error's message. */
  readonly message?: string
}

/** The functions of Vitest that a table needs. */
export interface Runner {
  beforeAll(start: () => Promise<void>): void
  afterAll(stop: () => void): void
  readonly test: { each(rows: (readonly [string, BadInput])[]): (name: string, run: Run) => void }
}
type Run = (name: string, input: BadInput) => Promise<void>

type Changes = ToyChanges & Partial<ConnectionLimits>

/**
 * Starts a gateway over toy models behind a socket, for all tests of a file.
 * @returns a function that creates a test for each request: it checks the answer, and that the
 *   server still works
 */
export function createTable({ beforeAll, afterAll, test }: Runner, changes: Changes = {}) {
  let server: BadInputServer
  beforeAll(async () => {
    server = await startServer(changes)
  })
  afterAll(() => server.stop())
  return (inputs: readonly BadInput[]): void =>
    test.each(inputs.map((input) => [nameOf(input), input]))('%s', async (_, input) => {
      const faults = await server.findFaults(input)
      if (faults.length > 0) throw new Error(faults.join('\n'))
    })
}

interface BadInputServer {
  /** Finds faults in the answer to a request, or in the server after it. */
  findFaults(input: BadInput): Promise<string[]>
  stop(): void
}

const limits = { maxPromptTokens: 60, maxBodyBytes: 1_000_000, requestTimeoutMs: 20_000, receiveTimeoutMs: 5_000 }
/** The API key of the gateway under test. */
export const apiKey = 'a-key'

const validFields = (path: string) =>
  path.includes('chat')
    ? { model: 'toy', messages: [{ role: 'user', content: 'hi' }], max_tokens: 1 }
    : { model: 'toy', prompt: [4, 388, 365], max_tokens: 1 }

/** Paths and internals of programs, which no client may see. */
const internals =
  /node_modules|node:|file:|\.[cm]?[jt]s\b|\bat .+:\d+|\/(home|root|tmp|usr|var)\/|127\.0\.0\.1|0x[\da-f]{6}|\b(Type|Range|Syntax|Reference)Error\b|\b(zod|hono|huggingface|grpc|undefined)\b/i

async function startServer({
  receiveTimeoutMs = 20_000,
  requestTimeoutMs = 60_000,
  ...changes
}: Changes): Promise<BadInputServer> {
  const gateway = await startToyGateway()
  const server = createHttpServer(gateway.app({ limits, ...changes }), { receiveTimeoutMs, requestTimeoutMs })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const countSteps = () => gateway.dpo.steps.length + gateway.sft.steps.length
  const authorization = { authorization: `Bearer ${apiKey}` }

  const findFaults = async (input: BadInput): Promise<string[]> => {
    const stepsBefore = countSteps()
    const answer = await (input.raw ? sendRaw(port, input.raw) : send(port, toRequest(input)))
    const hasComputed = countSteps() > stepsBefore
    const next = await send(port, toRequest({ headers: authorization, status: 200 }))
    return [
      ...(answer.status === input.status
        ? []
        : [`status ${answer.status}, expected ${input.status}: ${answer.text.slice(0, 300)}`]),
      ...(/^[\w.:-]{1,128}$/.test(String(answer.headers['x-request-id'])) ? [] : ['no x-request-id']),
      ...(answer.status >= 400 ? findErrorFaults(answer, input) : []),
      ...(answer.status >= 400 && hasComputed ? ['a model ran for it'] : []),
      ...(next.status === 200 ? [] : [`the next request got ${next.status} ${next.text}`]),
    ]
  }
  const stop = () => {
    server.close()
    server.closeAllConnections()
    gateway.stop()
  }
  return { findFaults, stop }
}

function nameOf(input: BadInput): string {
  const { name, status, param, code, message, ...request } = input
  return (name ?? JSON.stringify(request.fields ?? request)).slice(0, 100)
}

function toRequest(input: BadInput): HttpRequest {
  const { method = 'POST', path = '/v1/completions', fields = {}, text, headers = {}, parts } = input
  const body = text ?? JSON.stringify({ ...validFields(path), ...fields })
  const length = parts ? {} : { 'content-length': `${Buffer.byteLength(body)}` }
  const all = { 'content-type': 'application/json', ...(method === 'POST' ? length : {}), ...headers }
  return { method, path, headers: all, parts: parts ?? (method === 'POST' ? [body] : []) }
}

function findErrorFaults({ headers, text }: HttpAnswer, { method, param, code, message }: BadInput): string[] {
  const type = String(headers['content-type'])
  const outer = /^application\/json\b/.test(type) ? [] : [`content-type ${type}`]
  if (method === 'HEAD') return outer
  const body = JSON.parse(text) as { error: Record<'message' | 'type' | 'param' | 'code', unknown> }
  const found = String(body.error.message)
  const keys = [...Object.keys(body), ...Object.keys(body.error).sort()].join()
  const differs = (name: string, value: unknown, expected: unknown) =>
    expected === undefined || value === expected ? [] : [`${name} ${value}, expected ${expected}: ${found}`]
  return [
    ...outer,
    ...(keys === 'error,code,message,param,type' ? [] : [`keys ${keys}`]),
    ...(text.length < 2_000 ? [] : [`an error of ${text.length} characters`]),
    ...(internals.test(found) ? [`internal details: ${found}`] : []),
    ...differs('param', body.error.param, param),
    ...differs('code', body.error.code, code),
    ...(message === undefined || found.includes(message) ? [] : [`message without "${message}": ${found}`]),
  ]
}
