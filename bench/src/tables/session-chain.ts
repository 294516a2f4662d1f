import { emptyPrefixHash, extendPrefixHash } from '@tandem/proto'
import type { ServiceClient } from '@tandem/test'

/**
 * One session of a logit service, with the position and the prefix hash that its next step needs.
 */
export class SessionChain {
  private position = 0
  private prefixHash = emptyPrefixHash

  constructor(
    private readonly service: ServiceClient,
    private readonly sessionId: string,
  ) {}

  /**
   * Appends tokens and reads the candidates after the last one.
   * @returns the time of the step, in milliseconds
   * @throws Error with the code and message of the service
   */
  async append(tokenIds: number[]): Promise<number> {
    const { position, prefixHash, sessionId } = this
    const startedMs = performance.now()
    const readouts = [{ candidates: { alpha: 0.1 } }]
    const { results, error } = await this.service.step({
      steps: [{ sessionId, position, prefixHash: prefixHash.toString(), tokenIds, rows: 'ROWS_LAST', readouts }],
    })
    const failure = error ?? results[0]?.error
    if (failure) throw new Error(`${failure.code}: ${failure.message}`)
    this.position += tokenIds.length
    this.prefixHash = extendPrefixHash(prefixHash, tokenIds)
    return performance.now() - startedMs
  }

  /** Appends `count` tokens in `count` steps. @returns the time of each step, in milliseconds */
  async decode(count: number): Promise<number[]> {
    const times: number[] = []
    for (let i = 0; i < count; i++) times.push(await this.append([200 + i]))
    return times
  }

  async close(): Promise<void> {
    await this.service.step({ closeSessionIds: [this.sessionId] })
  }
}
