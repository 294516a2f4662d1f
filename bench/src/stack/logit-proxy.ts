import {
  type Client,
  credentials,
  makeGenericClientConstructor,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type sendUnaryData,
} from '@grpc/grpc-js'
import {
  channelOptions,
  type GetModelResponse,
  type GetModelResponse__Output,
  LogitService,
  type LogitServiceClient,
  type LogitServiceHandlers,
  type StepRequest__Output,
  type StepResponse,
  type StepResponse__Output,
  type TextFileChunk,
} from '@tandem/proto'

const same = (bytes: Buffer): Buffer => bytes
const health = {
  check: {
    path: '/grpc.health.v1.Health/Check',
    requestStream: false,
    responseStream: false,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  },
} satisfies ServiceDefinition
const HealthClient = makeGenericClientConstructor(health, 'Health')
type CheckClient = Client & { check(request: Buffer, answer: sendUnaryData<Buffer>): void }

/**
 * A proxy between a gateway and a logit service, health checks included. Subclasses watch or change
 * what passes.
 */
export abstract class LogitProxy {
  private readonly server = new Server(channelOptions)
  private readonly client: LogitServiceClient
  private readonly health: CheckClient

  /** @param service the address of the service, host:port */
  constructor(service: string) {
    this.client = new LogitService(service, credentials.createInsecure(), channelOptions)
    this.health = new HealthClient(service, credentials.createInsecure(), {
      channelOverride: this.client.getChannel(),
    }) as unknown as CheckClient
    this.server.addService(LogitService.service, this.handlers())
    this.server.addService(health, {
      check: ({ request }: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) =>
        this.health.check(request, answer),
    })
  }

  /** Listens on a free port, and returns the address, host:port. */
  async listen(): Promise<string> {
    const port = await new Promise<number>((resolve, reject) => {
      this.server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, found) =>
        error ? reject(error) : resolve(found),
      )
    })
    return `127.0.0.1:${port}`
  }

  stop(): void {
    this.server.forceShutdown()
    this.client.close()
  }

  /** Called with each message to the service. */
  protected abstract onRequest(request: StepRequest__Output): void

  /**
   * Returns what the gateway gets instead of a response.
   * @throws an error with a gRPC status to end the stream
   */
  protected abstract onResponse(
    response: StepResponse__Output,
    request: StepRequest__Output,
  ): readonly StepResponse[] | Promise<readonly StepResponse[]>

  /** Returns what the gateway gets instead of the model. */
  protected changeModel(model: GetModelResponse__Output): GetModelResponse | Promise<GetModelResponse> {
    return model
  }

  /** Returns what the gateway gets instead of a text file. */
  protected changeTextFile(_name: string, data: Buffer): Buffer {
    return data
  }

  private handlers(): LogitServiceHandlers {
    return {
      GetModel: (call, answer) =>
        this.client.getModel(call.request, (error, model) => {
          if (error || !model) answer(error)
          else void Promise.resolve(this.changeModel(model)).then((changed) => answer(null, changed))
        }),
      GetLoad: (call, answer) => this.client.getLoad(call.request, answer),
      GetTextFiles: (call) => void this.sendTextFiles(call),
      Step: (call, answer) => this.client.step(call.request, answer),
      StepStream: (call) => this.openStream(call),
    }
  }

  private async sendTextFiles(call: ServerWritableStream<unknown, TextFileChunk>): Promise<void> {
    try {
      const files = new Map<string, Buffer[]>()
      for await (const chunk of this.client.getTextFiles({})) {
        const { name, data } = chunk as { name: string; data: Buffer }
        files.set(name, [...(files.get(name) ?? []), data])
      }
      for (const [name, parts] of files) call.write({ name, data: this.changeTextFile(name, Buffer.concat(parts)) })
      call.end()
    } catch (error) {
      call.destroy(error as Error)
    }
  }

  private openStream(call: ServerDuplexStream<StepRequest__Output, StepResponse>): void {
    const steps = this.client.stepStream()
    const open: StepRequest__Output[] = []
    let isOver = false
    const end = (finish: () => void) => {
      if (isOver) return
      isOver = true
      steps.cancel()
      finish()
    }
    const fail = (error: unknown) => end(() => void call.emit('error', error))
    let lastSent = Promise.resolve()
    const pass = async (response: StepResponse__Output, request: StepRequest__Output | undefined) => {
      if (isOver || request === undefined) return
      const changed = await this.onResponse(response, request)
      if (!isOver) for (const one of changed) call.write(one)
    }
    call.on('data', (request: StepRequest__Output) => {
      this.onRequest(request)
      open.push(request)
      steps.write(request)
    })
    call.on('end', () => steps.end())
    call.on('cancelled', () => end(() => undefined))
    steps.on('data', (response: StepResponse__Output) => {
      const request = open.shift()
      lastSent = lastSent.then(() => pass(response, request)).catch(fail)
    })
    steps.on('end', () => {
      lastSent = lastSent.then(() => end(() => void call.end()))
    })
    steps.on('error', fail)
  }
}
