import type { Client as Channel, ClientDuplexStream, ServiceError } from '@grpc/grpc-js'
import { callBlocking } from '../blocking-call.js'
import type { ProtoFiles } from '../calls.js'
import { methodOf, openChannel } from '../grpc-methods.js'
import { registry } from '../metrics-registry.js'
import { openStreams, scriptFolder } from '../script-state.js'
import { assertKeys } from './only-known.js'

const timeoutMs = 120_000

/** The status code of success. */
export const StatusOK = 0

/** A client of k6 without TLS and reflection. */
export class Client {
  private protoFiles: ProtoFiles = { folders: [], files: [] }
  private address = ''
  private channel: Channel | null = null

  load(folders: string[], ...files: string[]): void {
    if (!registry.isLoading) throw new Error('load was called too late: k6 expects it while the file loads')
    this.protoFiles = { folders: folders.map(scriptFolder), files }
  }

  connect(address: string, params: { plaintext?: boolean }): void {
    registry.assertRunning(`connect to ${address}`)
    assertKeys('params of connect', params, ['plaintext'])
    if (params.plaintext !== true) throw new Error('the adapter has no TLS: expected plaintext: true')
    this.address = address
    this.channel = openChannel(address)
  }

  invoke(method: string, request: object): { status: number; message: object | null; error: string } {
    if (this.channel === null) throw new Error(`${method}: expected a call of connect before`)
    const startMs = performance.now()
    const { protoFiles: definition, address } = this
    const reply = callBlocking({ type: 'grpc', definition, address, method, request, timeoutMs })
    registry.add('grpc_req_duration', performance.now() - startMs)
    return reply
  }

  close(): void {
    this.channel?.close()
    this.channel = null
  }

  /** Opens a stream of requests and responses. Not in k6: for Stream only. */
  openStream(method: string): ClientDuplexStream<object, object> {
    if (this.channel === null) throw new Error(`${method}: expected a call of connect before`)
    const { path, requestSerialize, responseDeserialize } = methodOf(this.protoFiles, method)
    const deadline = Date.now() + timeoutMs
    return this.channel.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, { deadline })
  }
}

type Listener = (data: object | undefined, metadata: { ts: number }) => void

/** A stream of k6. An iteration ends when its streams have ended. */
export class Stream {
  private readonly call: ClientDuplexStream<object, object>
  private readonly listeners: Record<string, Listener[]> = { data: [], error: [], end: [] }

  constructor(client: Client, method: string) {
    this.call = client.openStream(method)
    registry.add('grpc_streams', 1)
    openStreams.add(new Promise((resolve, reject) => this.listen(resolve, reject)))
  }

  on(event: 'data' | 'error' | 'end', listener: Listener): void {
    this.listeners[event]?.push(listener)
  }

  write(request: object): void {
    registry.add('grpc_streams_msgs_sent', 1)
    this.call.write(request)
  }

  end(): void {
    this.call.end()
  }

  private listen(resolve: () => void, reject: (error: unknown) => void): void {
    const emit = (event: string, data?: object) => {
      try {
        for (const listener of this.listeners[event] ?? []) listener(data, { ts: Date.now() })
      } catch (error) {
        this.call.cancel()
        reject(error)
      }
    }
    this.call.on('data', (message: object) => {
      registry.add('grpc_streams_msgs_received', 1)
      emit('data', message)
    })
    this.call.on('error', ({ code, details }: ServiceError) => {
      if (this.listeners.error?.length === 0)
        reject(new Error(`the stream failed, and no listener heard it: ${details}`))
      emit('error', { code, message: details, details: [] })
      emit('end')
      resolve()
    })
    this.call.on('end', () => {
      emit('end')
      resolve()
    })
  }
}
