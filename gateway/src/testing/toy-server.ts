import { readFile } from 'node:fs/promises'
import { Server, ServerCredentials, type ServerWritableStream } from '@grpc/grpc-js'
import type { TextFileChunk } from '@tandem/proto'

/** A gRPC server in this process with the standard health service. */
export class ToyServer {
  private server = new Server()

  constructor(
    private readonly addServices: (server: Server) => void,
    private readonly isServing: () => boolean,
  ) {}

  /** Starts the server and returns its address, host:port. */
  async start(port = 0, credentials = ServerCredentials.createInsecure()): Promise<string> {
    this.server = new Server()
    this.addServices(this.server)
    this.server.addService(
      {
        check: {
          path: '/grpc.health.v1.Health/Check',
          requestStream: false,
          responseStream: false,
          requestSerialize: () => Buffer.alloc(0),
          requestDeserialize: () => ({}),
          responseSerialize: (isServing: boolean) => Buffer.from([8, isServing ? 1 : 2]),
          responseDeserialize: () => null,
        },
      },
      { check: (_call: unknown, answer: (e: null, v: boolean) => void) => answer(null, this.isServing()) },
    )
    const bound = await new Promise<number>((resolve, reject) => {
      this.server.bindAsync(`127.0.0.1:${port}`, credentials, (error, found) =>
        error ? reject(error) : resolve(found),
      )
    })
    return `127.0.0.1:${bound}`
  }

  /** Cuts every connection, as a killed process does. */
  kill(): void {
    this.server.forceShutdown()
  }
}

/**
 * Sends a model's text files in small chunks.
 * @param changes contents by file name, which replace those of the folder
 */
export function sendTextFiles(
  folder: string,
  changes: ReadonlyMap<string, string>,
  call: ServerWritableStream<unknown, TextFileChunk>,
): void {
  const send = async () => {
    for (const name of ['tokenizer.json', 'tokenizer_config.json', 'chat_template.jinja']) {
      const data = Buffer.from(changes.get(name) ?? (await readFile(folder + name)))
      for (let start = 0; start < data.length; start += 4096)
        call.write({ name, data: data.subarray(start, start + 4096) })
    }
    call.end()
  }
  send().catch((error: Error) => call.destroy(error))
}
