import {
  type Client,
  type ClientUnaryCall,
  connectivityState,
  credentials,
  type ServiceError,
  status,
} from '@grpc/grpc-js'
import {
  channelOptions,
  type GetLoadResponse__Output,
  type GetModelResponse__Output,
  type RewardServiceClient,
} from '@tandem/proto'
import { SessionError, toSessionError } from '../contract/session-error.js'
import { HealthClient, healthMethod } from './health-client.js'

/** Maximum size of a model's text files, in bytes. */
const maxTextBytes = 256 * 1024 * 1024
const handshakeLimitMs = 30_000

/** Options of all channels to services. */
export const connectionOptions = {
  ...channelOptions,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
}

/** The calls that all services support. */
type ModelClient = Client & Pick<RewardServiceClient, 'getModel' | 'getTextFiles' | 'getLoad'>

/**
 * The connection to a service that hosts a model. It connects at the first call and reconnects by
 * itself: then another process may answer, with another model.
 */
export abstract class ServiceConnection {
  private readonly health: InstanceType<typeof HealthClient>

  /**
   * @param kind "logit" or "reward"
   * @param name the service's name in errors: "the DPO service at 127.0.0.1:7002"
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

  /** Whether there is a connection now. */
  get isConnected(): boolean {
    return this.modelClient.getChannel().getConnectivityState(false) === connectivityState.READY
  }

  /** Calls the listener each time the connection is made or lost, until `close`. */
  onConnectivity(listener: () => void): void {
    const channel = this.modelClient.getChannel()
    const watch = () => {
      const state = channel.getConnectivityState(false)
      if (state === connectivityState.SHUTDOWN) return
      channel.watchConnectivityState(state, Number.POSITIVE_INFINITY, () => {
        const wasConnected = state === connectivityState.READY
        watch()
        if (wasConnected !== this.isConnected) listener()
      })
    }
    watch()
  }

  /** Asks the service for its current model. */
  getModel(limitMs = handshakeLimitMs, signal?: AbortSignal): Promise<GetModelResponse__Output> {
    return this.call(signal, (answer) => this.modelClient.getModel({}, { deadline: Date.now() + limitMs }, answer))
  }

  /** Asks the service how much of its limits it uses. */
  getLoad(limitMs: number, signal?: AbortSignal): Promise<GetLoadResponse__Output> {
    return this.call(signal, (answer) => this.modelClient.getLoad({}, { deadline: Date.now() + limitMs }, answer))
  }

  /** Asks the service whether it accepts new work. A service that shuts down does not. */
  checkHealth(limitMs: number, signal?: AbortSignal): Promise<boolean> {
    const { path, requestSerialize, responseDeserialize } = healthMethod
    const options = { deadline: Date.now() + limitMs }
    return this.call(signal, (answer) =>
      this.health.makeUnaryRequest(path, requestSerialize, responseDeserialize, null, options, answer),
    )
  }

  /** Reads the model's text files, by file name. */
  async getTextFiles(): Promise<Map<string, Buffer>> {
    const parts = new Map<string, Buffer[]>()
    let bytes = 0
    try {
      for await (const chunk of this.modelClient.getTextFiles({}, { deadline: Date.now() + handshakeLimitMs })) {
        const { name, data } = chunk as { name: string; data: Buffer }
        bytes += data.length
        if (bytes > maxTextBytes)
          throw new SessionError(
            'refused',
            `${this.name} sends more than ${maxTextBytes} bytes of text files: expected at most that`,
          )
        parts.set(name, [...(parts.get(name) ?? []), data])
      }
    } catch (error) {
      throw error instanceof SessionError ? error : this.errorOf(error as ServiceError)
    }
    return new Map([...parts].map(([name, chunks]) => [name, Buffer.concat(chunks)]))
  }

  /** Closes the channel. */
  close(): void {
    this.health.close()
    this.modelClient.close()
  }

  /**
   * Makes a unary call that the signal cancels.
   * @param toError converts the call's error
   */
  protected call<T>(
    signal: AbortSignal | undefined,
    start: (answer: (error: ServiceError | null, value?: T) => void) => ClientUnaryCall,
    toError: (error: ServiceError | null) => SessionError = (error) => this.errorOf(error),
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(SessionError.ofSignal(signal))
        return
      }
      const call = start((error, value) => {
        signal?.removeEventListener('abort', cancel)
        if (value !== undefined && error === null) resolve(value)
        else reject(signal?.aborted ? SessionError.ofSignal(signal) : toError(error))
      })
      const cancel = () => call.cancel()
      signal?.addEventListener('abort', cancel, { once: true })
    })
  }

  private errorOf(error: ServiceError | null): SessionError {
    // These calls are small: a service that does not answer them in time counts as unavailable.
    if (error?.code === status.DEADLINE_EXCEEDED)
      return toSessionError(this.name, status.UNAVAILABLE, 'it does not respond', error)
    if (error?.code === status.UNIMPLEMENTED)
      return new SessionError(
        'refused',
        `${this.name} is not a ${this.kind} service: expected a service that answers ${this.kind} calls`,
        {
          cause: error,
        },
      )
    return toSessionError(this.name, error?.code ?? status.INTERNAL, error?.details ?? 'it sent no response', error)
  }
}
