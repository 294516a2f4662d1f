import { request } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** An answer, as received. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
}

/** A request, as sent. */
export interface HttpRequest {
  readonly method: string
  readonly path: string
  /** A list becomes one header line per item. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  /** Written one by one, in chunks unless the headers contain a length. */
  readonly parts: readonly (string | Buffer)[]
}

/** Sends a request with Node's HTTP client. */
export function send(port: number, { method, path, headers, parts }: HttpRequest): Promise<HttpAnswer> {
  const options = { port, host: '127.0.0.1', method, path, agent: false }
  return new Promise((resolve, reject) => {
    const sent = request({ ...options, headers: headers as Record<string, string | string[]> }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
      response.on('error', reject)
    })
    // After an answer, an error only means that the server does not read the rest of a refused
    // request.
    sent.on('error', reject)
    for (const part of parts) sent.write(part)
    sent.end()
  })
}

/**
 * Writes raw bytes and pauses (numbers, in milliseconds), and reads until the server closes the
 * connection.
 */
export async function sendRaw(port: number, parts: readonly (string | number)[]): Promise<HttpAnswer> {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    received += chunk
  })
  // Writes after the server's answer may fail with a reset.
  socket.on('error', () => undefined)
  const closed = new Promise((resolve) => socket.on('close', resolve))
  for (const part of parts) {
    if (typeof part === 'number') await delay(part)
    else if (socket.writable) socket.write(part)
  }
  await closed
  return parseAnswer(received)
}

function parseAnswer(received: string): HttpAnswer {
  const end = received.indexOf('\r\n\r\n')
  const [first = '', ...lines] = received.slice(0, end).split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => {
      const [name = '', value] = line.split(': ')
      return [name.toLowerCase(), value]
    }),
  )
  const text = received.slice(end + 4)
  if (Buffer.byteLength(text) !== Number(headers['content-length']))
    throw new Error(`expected one answer of known length, found ${JSON.stringify(received)}`)
  return { status: Number(first.split(' ')[1]), headers, text }
}
