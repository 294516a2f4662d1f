import { type Client, connectivityState, credentials, type ServiceError, status } from '@grpc/grpc-js'
import { channelOptions, type GetModelResponse__Output, type RewardServiceClient } from '@tandem/proto'
import { HealthClient, healthMethod } from './health-client.js'
import { SessionError, toSessionError } from './session-error.js'
import { SharedCall } from './shared-call.js'

/** Most bytes of a model's text files. */
const maxTextBytes = 256 * 1024 * 1024
const handshakeLimitMs = 30_000
/** How long a service that has come back may take to say what it serves. */
const verifyLimitMs = 2_000

/** Of every channel to a service. */
export const connectionOptions = {
  ...channelOptions,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
}

/** The calls that all services have. */
type ModelClient = Client & Pick<RewardServiceClient, 'getModel' | 'getTextFiles'>

/** A service that hosts a model, as the gateway sees it. Connects when first asked, and again whenever the service is back. */
export abstract class ServiceConnection {
  private readonly health: InstanceType<typeof HealthClient>
  protected pinned: GetModelResponse__Output | undefined
  private isVerified = false
  private readonly verification = new SharedCall((signal) => this.askVersion(signal))

  /**
   * @param kind of the service: "logit"
   * @param name as errors call it: "the DPO service at 127.0.0.1:7002"
   */
  protected constructor(
    private readonly kind: string,
    readonly name: string,
    readonly address: string,
    private readonly modelClient: ModelClient,
  ) {
    this.health = new HealthClient(address, credentials.createInsecure(), {
      channelOverride: modelClient.getChannel(),
    })
  }

  /** What the service serves now. */
  getModel(limitMs = handshakeLimitMs, signal?: AbortSignal): Promise<GetModelResponse__Output> {
    return new Promise((resolve, reject) => {
      const call = this.modelClient.getModel({}, { deadline: Date.now() + limitMs }, (error, model) => {
        signal?.removeEventListener('abort', cancel)
        if (model) resolve(model)
        else reject(this.errorOf(error))
      })
      const cancel = () => call.cancel()
      signal?.addEventListener('abort', cancel, { once: true })
    })
  }

  /** Its text files by name. */
  async getTextFiles(): Promise<Map<string, Buffer>> {
    const parts = new Map<string, Buffer[]>()
    let bytes = 0
    try {
      for await (const chunk of this.modelClient.getTextFiles({}, { deadline: Date.now() + handshakeLimitMs })) {
        const { name, data } = chunk as { name: string; data: Buffer }
        bytes += data.length
        if (bytes > maxTextBytes)
          throw new SessionError('refused', `${this.name} has text files of more than ${maxTextBytes} bytes`)
        parts.set(name, [...(parts.get(name) ?? []), data])
      }
    } catch (error) {
      throw error instanceof SessionError ? error : this.errorOf(error as ServiceError)
    }
    return new Map([...parts].map(([name, chunks]) => [name, Buffer.concat(chunks)]))
  }

  /** From here on only this model is used: a service that comes back with another one is refused. */
  pin(model: GetModelResponse__Output): void {
    this.pinned = model
    this.isVerified = true
    this.watch()
  }

  /** Null where the service can be used, else why not. Never rejects. */
  async findFault(limitMs: number): Promise<string | null> {
    try {
      if (!(await this.isServing(limitMs))) return `${this.name} is not serving`
      await this.verify(AbortSignal.timeout(limitMs))
      return null
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  close(): void {
    this.health.close()
    this.modelClient.close()
  }

  /** @throws SessionError where the service is gone or serves another model than at the handshake */
  protected async verify(signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw SessionError.ofSignal(signal)
    if (!this.isVerified && this.pinned) await this.verification.join(signal)
  }

  private isServing(limitMs: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const { path, requestSerialize, responseDeserialize } = healthMethod
      const options = { deadline: Date.now() + limitMs }
      this.health.makeUnaryRequest(path, requestSerialize, responseDeserialize, null, options, (error, isServing) => {
        if (error) reject(this.errorOf(error))
        else resolve(isServing === true)
      })
    })
  }

  private async askVersion(signal: AbortSignal): Promise<void> {
    const found = await this.getModel(verifyLimitMs, signal)
    if (this.pinned && found.version !== this.pinned.version)
      throw new SessionError(
        'changed',
        `${this.name} serves ${found.modelId} (version ${found.version.slice(0, 12)}) now, it was ` +
          `${this.pinned.modelId} (version ${this.pinned.version.slice(0, 12)}) at the start; restart the gateway to use it`,
      )
    this.isVerified = true
    this.watch()
  }

  /** A lost connection may come back to another process. */
  private watch(): void {
    const channel = this.modelClient.getChannel()
    if (channel.getConnectivityState(false) !== connectivityState.READY) {
      this.isVerified = false
      return
    }
    channel.watchConnectivityState(connectivityState.READY, Number.POSITIVE_INFINITY, () => {
      this.isVerified = false
    })
  }

  private errorOf(error: ServiceError | null): SessionError {
    // A service that does not answer these small calls in time is as good as away.
    if (error?.code === status.DEADLINE_EXCEEDED)
      return toSessionError(this.name, status.UNAVAILABLE, 'it does not answer', error)
    if (error?.code === status.UNIMPLEMENTED)
      return new SessionError('refused', `${this.name} is no ${this.kind} service, but one of another kind`, {
        cause: error,
      })
    return toSessionError(this.name, error?.code ?? status.INTERNAL, error?.details ?? 'it gave no answer', error)
  }
}
