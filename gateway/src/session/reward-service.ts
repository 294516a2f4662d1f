import { credentials, type ServiceError, status } from '@grpc/grpc-js'
import { maxScoredSequences, RewardService, type RewardServiceClient } from '@tandem/proto'
import { connectionOptions, ServiceConnection } from './service-connection.js'
import { SessionError, toSessionError } from './session-error.js'

/** Statuses of a call that this process has not cancelled, if its connection breaks. */
const brokenCall: ReadonlySet<number> = new Set([status.CANCELLED, status.UNKNOWN])

/** The connection to a reward service. */
export class RewardServiceConnection extends ServiceConnection {
  private readonly client: RewardServiceClient

  constructor(reward: string, address: string) {
    const client = new RewardService(address, credentials.createInsecure(), connectionOptions)
    super('reward', `the reward service ${reward} at ${address}`, address, client)
    this.client = client
  }

  /**
   * Returns one score for each sequence of token ids, in their order.
   * @throws SessionError if the service is unavailable, busy or serves another model than at the
   * handshake, or if the signal aborts
   */
  async score(
    sequences: readonly (readonly number[])[],
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<readonly number[]> {
    await this.verify(signal)
    const scores: number[] = []
    for (let start = 0; start < sequences.length; start += maxScoredSequences)
      scores.push(...(await this.scoreChunk(sequences.slice(start, start + maxScoredSequences), timeoutMs, signal)))
    return scores
  }

  private async scoreChunk(
    sequences: readonly (readonly number[])[],
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<readonly number[]> {
    const scores = await new Promise<readonly number[]>((resolve, reject) => {
      if (signal.aborted) {
        reject(SessionError.ofSignal(signal))
        return
      }
      const request = { sequences: sequences.map((ids) => ({ ids: [...ids] })), timeoutMs }
      const call = this.client.score(request, { deadline: Date.now() + timeoutMs }, (error, response) => {
        signal.removeEventListener('abort', cancel)
        if (response) resolve(response.scores)
        else if (signal.aborted) reject(SessionError.ofSignal(signal))
        else reject(this.errorOfCall(error))
      })
      const cancel = () => call.cancel()
      signal.addEventListener('abort', cancel, { once: true })
    })
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
