import { randomUUID } from 'node:crypto'
import { credentials } from '@grpc/grpc-js'
import {
  channelOptions,
  emptyPrefixHash,
  extendPrefixHash,
  type GetModelResponse__Output,
  LogitService,
  type LogitServiceClient,
  type StepRequest,
  type StepResponse__Output,
  type WireReadout,
} from '@tandem/proto'

const stepLimitMs = 120_000

/** A client of one logit service, without a gateway. The caller closes it. */
export class ServiceClient {
  private readonly client: LogitServiceClient

  /**
   * @param address host:port
   * @param signal ends every call
   */
  constructor(
    address: string,
    private readonly signal: AbortSignal,
  ) {
    this.client = new LogitService(address, credentials.createInsecure(), channelOptions)
  }

  /** Returns the service's description of its model. */
  getModel(): Promise<GetModelResponse__Output> {
    return new Promise((resolve, reject) => {
      this.client.getModel({}, { deadline: Date.now() + stepLimitMs }, (error, model) =>
        model ? resolve(model) : reject(error),
      )
    })
  }

  openSession(): ServiceSession {
    return new ServiceSession(this.client, this.signal)
  }

  close(): void {
    this.client.close()
  }
}

/** The duration of a step. */
export interface StepTiming {
  /** Time of the forward passes in milliseconds, as the service reports it. */
  readonly computeMs: number
  /** Time of the whole call in milliseconds. */
  readonly wallMs: number
}

/** One sequence in one service. One call at a time. */
export class ServiceSession {
  private readonly id = randomUUID()
  private tokenIds: number[] = []
  private prefixHash = emptyPrefixHash

  constructor(
    private readonly client: LogitServiceClient,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Appends tokens in one step, and reads `readouts` after the last token.
   * @throws Error if the service refuses
   */
  async append(tokenIds: readonly number[], readouts: readonly WireReadout[] = []): Promise<StepTiming> {
    const step = {
      sessionId: this.id,
      position: this.tokenIds.length,
      prefixHash: this.prefixHash.toString(),
      tokenIds: [...tokenIds],
      rows: readouts.length === 0 ? ('ROWS_NONE' as const) : ('ROWS_LAST' as const),
      readouts: [...readouts],
    }
    const startMs = performance.now()
    const { results, error, computeUs } = await this.send({ steps: [step] })
    const wallMs = performance.now() - startMs
    const failure = error ?? results[0]?.error
    if (failure) throw new Error(`the service answered ${failure.code}: ${failure.message}`)
    this.tokenIds.push(...tokenIds)
    this.prefixHash = extendPrefixHash(this.prefixHash, tokenIds)
    return { computeMs: computeUs / 1000, wallMs }
  }

  /** Keeps the first `length` tokens. The service drops the others in the next step. */
  rewind(length: number): void {
    if (length >= this.tokenIds.length) return
    this.tokenIds.length = length
    this.prefixHash = extendPrefixHash(emptyPrefixHash, this.tokenIds)
  }

  async close(): Promise<void> {
    await this.send({ closeSessionIds: [this.id] })
  }

  private send(request: StepRequest): Promise<StepResponse__Output> {
    this.signal.throwIfAborted()
    return new Promise((resolve, reject) => {
      const cancel = () => call.cancel()
      const call = this.client.step(request, { deadline: Date.now() + stepLimitMs }, (error, response) => {
        this.signal.removeEventListener('abort', cancel)
        if (response) resolve(response)
        else reject(error)
      })
      this.signal.addEventListener('abort', cancel, { once: true })
    })
  }
}
