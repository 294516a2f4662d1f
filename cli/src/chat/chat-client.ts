import type { ChatMessage } from '@tandem/models'
import { z } from 'zod'

const errorSchema = z.object({ error: z.object({ message: z.string() }) })
const modelsSchema = z.object({ data: z.array(z.object({ id: z.string() })).min(1) })
const chunkSchema = z.union([
  errorSchema,
  z.object({ choices: z.array(z.object({ delta: z.object({ content: z.string().nullish() }) })) }),
])

/** Maximum characters of an event's line. The lines of our gateway are far shorter. */
const maxLineLength = 1 << 20

/** The fields of a chat completion request that the CLI sets. */
export interface ChatRequest {
  /** Default: the first model that the server lists. */
  readonly model?: string | undefined
  readonly messages: readonly ChatMessage[]
  readonly max_tokens?: number | undefined
  readonly decoding: Readonly<Record<string, string | number | undefined>>
}

/** An OpenAI-compatible server. */
export interface Server {
  /** `http://127.0.0.1:8080`, with or without a `/v1` at its end. */
  readonly url: string
  readonly apiKey?: string | undefined
}

/** A server, and the model to ask there. */
export interface Gateway {
  readonly server: Server
  /** undefined: the first model that the server lists. */
  readonly model: string | undefined
}

/**
 * Requests an answer and yields its text as it arrives.
 * @throws Error with the server's message, or saying that no server answers at the URL
 */
export async function* streamChat(server: Server, request: ChatRequest, signal: AbortSignal): AsyncGenerator<string> {
  const model = request.model ?? (await firstModel(server, signal))
  const body = JSON.stringify({ ...request, model, stream: true })
  const response = await ask(server, '/chat/completions', { method: 'POST', body, signal })
  if (!response.body) throw new Error(`${server.url} answered without a body`)
  for await (const data of eventData(response.body.pipeThrough(new TextDecoderStream()))) {
    if (data === '[DONE]') return
    const chunk = chunkSchema.parse(JSON.parse(data))
    if ('error' in chunk) throw new Error(`the gateway ended the answer: ${chunk.error.message}`)
    const text = chunk.choices[0]?.delta.content
    if (text) yield text
  }
  throw new Error('the answer is incomplete: the gateway closed the connection before the end')
}

async function firstModel(server: Server, signal: AbortSignal): Promise<string> {
  const response = await ask(server, '/models', { signal })
  const result = modelsSchema.safeParse(await response.json())
  if (!result.success) throw new Error(`${server.url} does not list models as an OpenAI-compatible server does`)
  return result.data.data[0]?.id ?? ''
}

async function ask({ url, apiKey }: Server, path: string, init: RequestInit): Promise<Response> {
  const base = url.replace(/\/+$/, '').replace(/\/v1$/, '')
  const headers = { 'content-type': 'application/json', ...(apiKey && { authorization: `Bearer ${apiKey}` }) }
  const response = await fetch(`${base}/v1${path}`, { ...init, headers }).catch((cause: unknown): never => {
    init.signal?.throwIfAborted()
    throw new Error(`no gateway answers at ${url}. Start one with "tandem up", or remove --url`, { cause })
  })
  if (response.ok) return response
  const text = await response.text()
  const advice = response.status === 401 ? '. Give a valid key with --api-key KEY' : ''
  throw new Error(`${url} answered ${response.status}: ${errorMessage(text)}${advice}`)
}

function errorMessage(text: string): string {
  try {
    return errorSchema.parse(JSON.parse(text)).error.message
  } catch {
    return text.slice(0, 500) || 'no message'
  }
}

/** Yields the data of server-sent events, one line each, as the OpenAI API sends them. */
async function* eventData(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let remaining = ''
  for await (const chunk of chunks) {
    const lines = (remaining + chunk).split(/\r?\n/)
    remaining = lines.pop() ?? ''
    if (remaining.length > maxLineLength)
      throw new Error(`an event has more than ${maxLineLength} characters; is this a Tandem gateway?`)
    for (const line of lines) if (line.startsWith('data:')) yield line.slice('data:'.length).trim()
  }
}
