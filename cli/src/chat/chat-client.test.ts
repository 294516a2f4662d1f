import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { streamChat } from './chat-client.js'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function serve(listener: RequestListener) {
  server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function readAll(url: string, signal = new AbortController().signal) {
  let text = ''
  const request = { messages: [{ role: 'user', content: 'hi' }] as const, decoding: {} }
  for await (const piece of streamChat({ url, apiKey: 'k' }, request, signal)) text += piece
  return text
}

const event = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`

/** Answers with events, cut into pieces anywhere; lists one model. */
const answering =
  (...pieces: (string | Buffer)[]): RequestListener =>
  async (request, response) => {
    if (request.url === '/v1/models') return void response.end('{"data":[{"id":"pair"},{"id":"pair/aad"}]}')
    expect(request.headers.authorization).toBe('Bearer k')
    const [body] = (await once(request, 'data')) as [Buffer]
    expect(JSON.parse(body.toString())).toMatchObject({ model: 'pair', stream: true })
    for (const piece of pieces) {
      response.write(piece)
      await new Promise((resolve) => setImmediate(resolve))
    }
    response.end()
  }

describe('streamChat', () => {
  it('joins the chunks of a stream, wherever they are cut', async () => {
    const bytes = Buffer.from(
      `${event('')}: ping\n\n${event('grüße ')}${event('😀')}data: {"choices":[]}\n\ndata: [DONE]\n\n`,
    )
    const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, i) => bytes.subarray(7 * i, 7 * i + 7))
    expect(await readAll(`${await serve(answering(...pieces))}/v1/`)).toBe('grüße 😀')
  })

  it('reports an error in the stream', async () => {
    const url = await serve(
      answering(event('a'), 'data: {"error":{"message":"the SFT service is gone"}}\n\n', 'data: [DONE]\n\n'),
    )
    await expect(readAll(url)).rejects.toThrow('the gateway ended the answer: the SFT service is gone')
  })

  it('reports an incomplete answer', async () => {
    await expect(readAll(await serve(answering(event('a'))))).rejects.toThrow('the answer is incomplete')
  })

  it("reports the server's message", async () => {
    const url = await serve((_request, response) => {
      response.statusCode = 401
      response.end('{"error":{"message":"wrong key","type":"x","param":null,"code":null}}')
    })
    await expect(readAll(url)).rejects.toThrow(`${url} answered 401: wrong key. Give a valid key with --api-key KEY`)
  })

  it('reports that no server answers', async () => {
    const url = await serve(() => {})
    server?.close()
    await expect(readAll(url)).rejects.toThrow(
      `no gateway answers at ${url}. Start one with "tandem up", or remove --url`,
    )
  })

  it('ends on abort', async () => {
    const controller = new AbortController()
    const url = await serve(() => controller.abort(new Error('interrupted')))
    await expect(readAll(url, controller.signal)).rejects.toThrow('interrupted')
  })
})
