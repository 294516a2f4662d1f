import { credentials, Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js'
import {
  channelOptions,
  LogitService,
  type LogitServiceClient,
  type LogitServiceHandlers,
  type StepRequest__Output,
  type StepResponse,
  type StepResponse__Output,
  type TextFileChunk,
} from '@tandem/proto'

/** A proxy between a gateway and a logit service that counts steps and bytes. */
export class CountingProxy {
  /** Number of steps that append tokens. */
  forwards = 0
  /** Number of messages with such steps. Each message runs as one batch. */
  batches = 0
  /** Bytes of ids and logits that were read out. */
  bytes = 0
  private readonly server = new Server(channelOptions)
  private readonly client: LogitServiceClient

  private constructor(service: string) {
    this.client = new LogitService(service, credentials.createInsecure(), channelOptions)
    this.server.addService(LogitService.service, this.handlers())
  }

  /**
   * Starts a proxy on a free port.
   * @param service the address of the service, host:port
   */
  static async start(service: string): Promise<{ proxy: CountingProxy; address: string }> {
    const proxy = new CountingProxy(service)
    const port = await new Promise<number>((resolve, reject) => {
      proxy.server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, found) =>
        error ? reject(error) : resolve(found),
      )
    })
    return { proxy, address: `127.0.0.1:${port}` }
  }

  reset(): void {
    this.forwards = 0
    this.batches = 0
    this.bytes = 0
  }

  stop(): void {
    this.server.forceShutdown()
    this.client.close()
  }

  private handlers(): LogitServiceHandlers {
    return {
      GetModel: (call, answer) => this.client.getModel(call.request, answer),
      GetLoad: (call, answer) => this.client.getLoad(call.request, answer),
      GetTextFiles: (call) => {
        const files = this.client.getTextFiles(call.request)
        files.on('data', (chunk: TextFileChunk) => call.write(chunk))
        files.on('end', () => call.end())
        files.on('error', (error) => call.destroy(error))
      },
      Step: (call, answer) => this.client.step(call.request, answer),
      StepStream: (call) => this.openStream(call),
    }
  }

  private openStream(call: ServerDuplexStream<StepRequest__Output, StepResponse>): void {
    const steps = this.client.stepStream()
    call.on('data', (request: StepRequest__Output) => {
      const forwards = request.steps.filter(({ tokenIds }) => tokenIds.length > 0).length
      this.forwards += forwards
      this.batches += Math.min(forwards, 1)
      steps.write(request)
    })
    call.on('end', () => steps.end())
    call.on('cancelled', () => steps.cancel())
    steps.on('data', (response: StepResponse__Output) => {
      const scores = response.results.flatMap(({ rows }) => rows.flatMap((row) => row.scores))
      this.bytes += scores.reduce((sum, { tokenIds, logits }) => sum + tokenIds.length + logits.length, 0)
      call.write(response)
    })
    steps.on('end', () => call.end())
    steps.on('error', (error) => call.destroy(error))
  }
}
