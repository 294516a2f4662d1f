import { readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { z } from 'zod'
import { EventReader } from '../load/event-reader.js'

/** The state of an open connection in /proc/net/tcp. */
const established = '01'

const eventSchema = z.object({
  choices: z.array(z.object({ index: z.number(), delta: z.object({ content: z.string().nullish() }) })).optional(),
  error: z.object({ message: z.string() }).optional(),
})

/** A client of streamed answers of POST /v1/chat/completions that reads only when it is told to. */
export class RawClient {
  /** Whether the connection is closed. */
  isClosed = false
  /** Whether it has read the end of the answer. */
  isDone = false
  /** The error in the stream; null if there was none. */
  error: string | null = null
  private readsSome = false
  private readonly texts: string[] = []
  private readonly events = new EventReader()

  private constructor(private readonly socket: Socket) {
    socket.on('data', (data: Buffer) => {
      if (this.readsSome) socket.pause()
      this.readsSome = false
      this.read(data)
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.isClosed = true
    })
  }

  /** Sends a request and reads nothing. */
  static post(url: string, body: object): RawClient {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    const client = new RawClient(socket)
    socket.pause()
    const text = JSON.stringify({ ...body, stream: true })
    const headers = `Host: ${hostname}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}`
    socket.write(`POST /v1/chat/completions HTTP/1.1\r\n${headers}\r\n\r\n${text}`)
    return client
  }

  /** The texts of the answers so far, as JSON. */
  get answer(): string {
    return JSON.stringify(this.texts)
  }

  /** Reads some of what has arrived. */
  readSome(): void {
    this.readsSome = true
    this.socket.resume()
  }

  /** Reads everything from now on. */
  readAll(): void {
    this.socket.resume()
  }

  /** Whether the server keeps the connection. Only on Linux. */
  async isConnected(): Promise<boolean> {
    const { localPort = 0, remotePort = 0 } = this.socket
    const connections = (await readFile('/proc/net/tcp', 'utf8')).split('\n').map((line) => line.trim().split(/\s+/))
    const toHex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0')
    return connections.some(
      ([, local, remote, state]) =>
        local?.endsWith(`:${toHex(remotePort)}`) && remote?.endsWith(`:${toHex(localPort)}`) && state === established,
    )
  }

  close(): void {
    this.socket.destroy()
  }

  /** Skips the lengths of HTTP chunks: each event is a line. */
  private read(data: Buffer): void {
    for (const text of this.events.push(data)) {
      if (text.trim() === '[DONE]') {
        this.isDone = true
        continue
      }
      const { choices = [], error } = eventSchema.parse(JSON.parse(text))
      this.error ??= error?.message ?? null
      for (const { index, delta } of choices) this.texts[index] = (this.texts[index] ?? '') + (delta.content ?? '')
    }
  }
}
