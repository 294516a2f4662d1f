import { credentials, type ServiceError, status } from '@grpc/grpc-js'
import { maxScoredSequences, RewardService, type RewardServiceClient, type ScoreResponse__Output } from '@tandem/proto'
import { SessionError, toSessionError } from '../contract/session-error.js'
import { connectionOptions, ServiceConnection } from './service-connection.js'

/** Statuses of a call that this process has not cancelled, if its connection breaks. */
const brokenCall: ReadonlySet<number> = new Set([status.CANCELLED, status.UNKNOWN])

/** A request with as many sequences as one call may have. */
interface ChunkRequest {
  readonly sequences: { ids: number[] }[]
  readonly timeoutMs: number
  readonly traceparent: string
}

/** The connection to a reward service. */
export class RewardServiceConnection extends ServiceConnection {
  private readonly client: RewardServiceClient

  constructor(reward: string, address: string, channelCredentials = credentials.createInsecure()) {
    const client = new RewardService(address, channelCredentials, connectionOptions)
    super('reward', `the reward service ${reward} at ${address}`, address, client)
    this.client = client
  }

  /**
   * Returns one score for each sequence of token ids, in their order.
   * @param traceparent W3C trace context for the service; empty without one
   * @throws SessionError if the service is unavailable or busy, or if the signal aborts
   */
  async score(
    sequences: readonly (readonly number[])[],
    timeoutMs: number,
    signal: AbortSignal,
    traceparent = '',
  ): Promise<readonly number[]> {
    const scores: number[] = []
    for (let start = 0; start < sequences.length; start += maxScoredSequences) {
      const chunk = sequences.slice(start, start + maxScoredSequences).map((ids) => ({ ids: [...ids] }))
      scores.push(...(await this.scoreChunk({ sequences: chunk, timeoutMs, traceparent }, signal)))
    }
    return scores
  }

  private async scoreChunk(request: ChunkRequest, signal: AbortSignal): Promise<readonly number[]> {
    const { sequences, timeoutMs } = request
    const { scores } = await this.call<ScoreResponse__Output>(
      signal,
      (answer) => this.client.score(request, { deadline: Date.now() + timeoutMs }, answer),
      (error) => this.errorOfCall(error),
    )
    if (scores.length === sequences.length) return scores
    throw new SessionError(
      'internal',
      `${this.name} sent a response that breaks the contract: ` +
        `expected ${sequences.length} scores, found ${scores.length}`,
    )
  }

  private errorOfCall(error: ServiceError | null): SessionError {
    const code = error === null ? status.INTERNAL : brokenCall.has(error.code) ? status.UNAVAILABLE : error.code
    return toSessionError(this.name, code, error?.details ?? 'it sent no response', error)
  }
}
