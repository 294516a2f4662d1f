import { connectivityState, credentials, type ServiceError } from '@grpc/grpc-js'
import { channelOptions, type GetModelResponse__Output, LogitService, type LogitServiceClient } from '@tandem/proto'
import { createSession } from './client.js'
import { HealthClient, healthMethod } from './health.js'
import type { Session } from './session.js'
import { SessionError, toSessionError } from './session-error.js'

export type Role = 'sft' | 'dpo'

/** Most bytes of a model's text files. */
const maxTextBytes = 256 * 1024 * 1024
const handshakeLimitMs = 30_000
const reconnect = { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 1_000 }

/** One logit service as the gateway sees it. Connects when first asked, and again whenever the service is back. */
export class LogitServiceConnection {
  /** As errors call it. */
  readonly name: string
  private readonly client: LogitServiceClient
  private readonly health: InstanceType<typeof HealthClient>
  private pinned: GetModelResponse__Output | undefined
  private isVerified = false

  constructor(
    readonly role: Role,
    readonly address: string,
  ) {
    this.name = `the ${role.toUpperCase()} service at ${address}`
    this.client = new LogitService(address, credentials.createInsecure(), { ...channelOptions, ...reconnect })
    this.health = new HealthClient(address, credentials.createInsecure(), {
      channelOverride: this.client.getChannel(),
    })
  }

  /** What the service serves now. */
  getModel(limitMs = handshakeLimitMs): Promise<GetModelResponse__Output> {
    return new Promise((resolve, reject) => {
      this.client.getModel({}, { deadline: Date.now() + limitMs }, (error, model) => {
        if (model) resolve(model)
        else reject(this.errorOf(error))
      })
    })
  }

  /** Its text files by name. */
  async getTextFiles(): Promise<Map<string, Buffer>> {
    const parts = new Map<string, Buffer[]>()
    let bytes = 0
    try {
      for await (const chunk of this.client.getTextFiles({}, { deadline: Date.now() + handshakeLimitMs })) {
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
      await this.verify(limitMs)
      return null
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  /** @throws SessionError where the service is gone or serves another model than at the handshake */
  async openSession(vocabularyLimit: number, stepTimeoutMs: number, signal: AbortSignal): Promise<Session> {
    await this.verify(Math.min(stepTimeoutMs, handshakeLimitMs))
    if (signal.aborted) throw SessionError.ofSignal(signal)
    return createSession({ client: this.client, service: this.name, vocabularyLimit, stepTimeoutMs, signal })
  }

  close(): void {
    this.health.close()
    this.client.close()
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

  private async verify(limitMs: number): Promise<void> {
    if (this.isVerified || !this.pinned) return
    const found = await this.getModel(limitMs)
    if (found.version !== this.pinned.version)
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
    const channel = this.client.getChannel()
    if (channel.getConnectivityState(false) !== connectivityState.READY) {
      this.isVerified = false
      return
    }
    channel.watchConnectivityState(connectivityState.READY, Number.POSITIVE_INFINITY, () => {
      this.isVerified = false
    })
  }

  private errorOf(error: ServiceError | null): SessionError {
    return toSessionError(this.name, error?.code ?? 13, error?.details ?? 'it gave no answer', error)
  }
}
