import { randomUUID } from 'node:crypto'
import type { Manifest } from '@tandem/models'
import { emptyPrefixHash, maxScoredSequences } from '@tandem/proto'
import type { LogitBackend } from '../engine/thread/host.js'
import type { Work } from '../engine/work.js'
import { invalidArgument, resourceExhausted, ServiceError, statusCodes } from '../errors.js'

type RewardModel = Pick<Manifest, 'vocabularySize' | 'contextLength' | 'padTokenId'>

/** Scores sequences on an engine whose rows are one number: each in a session of its own, closed with its score. */
export class Scorer {
  /** Sequences that are not scored yet. */
  private pending = 0

  constructor(
    private readonly backend: LogitBackend,
    private readonly model: RewardModel,
    /** Most sequences that are not scored yet. */
    private readonly maxQueue: number,
  ) {}

  /**
   * One score for each sequence; where one fails, all do, and what is left of the others is dropped.
   * @param signal aborted with a ServiceError
   * @throws ServiceError INVALID_ARGUMENT, RESOURCE_EXHAUSTED where too many wait, or the signal's reason
   */
  async score(sequences: readonly (readonly number[])[], signal: AbortSignal): Promise<number[]> {
    const checked = this.check(sequences)
    this.assertRoom(checked.length)
    const failed = new AbortController()
    const either = AbortSignal.any([signal, failed.signal])
    this.pending += checked.length
    try {
      return await Promise.all(checked.map((ids) => this.scoreOne(ids, either)))
    } catch (error) {
      const failure = ServiceError.from(error)
      failed.abort(failure)
      throw failure
    } finally {
      this.pending -= checked.length
    }
  }

  private async scoreOne(tokenIds: Uint32Array, signal: AbortSignal): Promise<number> {
    const { results, failure } = await this.backend.run(scoringWork(tokenIds), signal)
    const [result] = results
    const reason = failure ?? result?.failure
    if (reason) throw ServiceError.ofFailure(reason)
    const score = result?.rows[0]?.scores[0]?.logits[0]
    if (score !== undefined && Number.isFinite(score)) return score
    throw new ServiceError(statusCodes.internal, `the model gave ${score}, which is no score`)
  }

  private check(sequences: readonly (readonly number[])[]): Uint32Array[] {
    const { vocabularySize, contextLength, padTokenId } = this.model
    if (sequences.length === 0 || sequences.length > maxScoredSequences)
      throw invalidArgument(`sequences: found ${sequences.length}, expected 1 to ${maxScoredSequences} of them`)
    return sequences.map((ids, i) => {
      if (ids.length === 0 || ids.length > contextLength)
        throw invalidArgument(`sequences[${i}] has ${ids.length} tokens: this model takes 1 to ${contextLength}`)
      const wrong = ids.findIndex((id) => id >= vocabularySize)
      if (wrong >= 0)
        throw invalidArgument(
          `sequences[${i}].ids[${wrong}] is ${ids[wrong]}: ids of this model are below ${vocabularySize}`,
        )
      return withoutPadding(ids, padTokenId)
    })
  }

  private assertRoom(count: number): void {
    if (this.pending + count > this.maxQueue)
      throw resourceExhausted(
        `${this.pending} sequences wait already, and ${count} more are over the ${this.maxQueue} that this service queues (TANDEM_MAX_QUEUE): try again later`,
      )
  }
}

/**
 * The sequence up to the last token that is not padding, which is where transformers reads the score; of nothing but padding, its
 * first token (modeling_layers.py, GenericForSequenceClassification). What follows changes nothing before it.
 */
export function withoutPadding(ids: readonly number[], padTokenId: number | null): Uint32Array {
  const last = ids.findLastIndex((id) => id !== padTokenId)
  return Uint32Array.from(ids.slice(0, Math.max(last, 0) + 1))
}

function scoringWork(tokenIds: Uint32Array): Work {
  const sessionId = randomUUID()
  return {
    forks: [],
    reorder: null,
    steps: [
      {
        sessionId,
        variant: 'whole',
        prefixScope: '',
        position: 0,
        prefixHash: emptyPrefixHash,
        tokenIds,
        rows: 'last',
        readouts: [{ kind: 'full' }],
        vocabularyLimit: 1,
      },
    ],
    closeSessionIds: [sessionId],
  }
}
