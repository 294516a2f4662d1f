import { randomUUID } from 'node:crypto'
import type { Manifest } from '@tandem/models/folder'
import { emptyPrefixHash, maxScoredSequences } from '@tandem/proto'
import type { LogitBackend } from '../engine/thread/host.js'
import type { Work, WorkOutcome } from '../engine/work.js'
import { invalidArgument, resourceExhausted, ServiceError, statusCodes } from '../errors.js'

type RewardModel = Pick<Manifest, 'vocabularySize' | 'contextLength' | 'padTokenId'>

/**
 * Scores sequences on an engine whose rows are one number. Each sequence has a session of its own,
 * closed with its score.
 */
export class Scorer {
  /** Number of sequences that are not scored yet. */
  private pending = 0

  constructor(
    private readonly backend: LogitBackend,
    private readonly model: RewardModel,
    /** Maximum number of sequences that are not scored yet. */
    private readonly maxQueue: number,
  ) {}

  /**
   * Returns one score for each sequence. If one sequence fails, all fail, and the remaining work is
   * dropped.
   * @param signal aborted with a ServiceError
   * @param onWork receives the work of each sequence, also of one that failed
   * @throws ServiceError INVALID_ARGUMENT, RESOURCE_EXHAUSTED if too many sequences wait, or the
   * signal's reason
   */
  async score(
    sequences: readonly (readonly number[])[],
    signal: AbortSignal,
    onWork: (outcome: WorkOutcome) => void = () => undefined,
  ): Promise<number[]> {
    const checked = this.check(sequences)
    this.assertQueue(checked.length)
    const failed = new AbortController()
    const either = AbortSignal.any([signal, failed.signal])
    this.pending += checked.length
    try {
      return await Promise.all(checked.map((ids) => this.scoreOne(ids, either, onWork)))
    } catch (error) {
      const failure = ServiceError.from(error)
      failed.abort(failure)
      throw failure
    } finally {
      this.pending -= checked.length
    }
  }

  private async scoreOne(
    tokenIds: Uint32Array,
    signal: AbortSignal,
    onWork: (outcome: WorkOutcome) => void,
  ): Promise<number> {
    const outcome = await this.backend.run(scoringWork(tokenIds), signal)
    onWork(outcome)
    const { results, failure } = outcome
    const [result] = results
    const reason = failure ?? result?.failure
    if (reason) throw ServiceError.fromFailure(reason)
    const score = result?.rows[0]?.scores[0]?.logits[0]
    if (score !== undefined && Number.isFinite(score)) return score
    throw new ServiceError(statusCodes.internal, `the model gave the score ${score}: expected a finite number`)
  }

  private check(sequences: readonly (readonly number[])[]): Uint32Array[] {
    const { vocabularySize, contextLength, padTokenId } = this.model
    if (sequences.length === 0 || sequences.length > maxScoredSequences)
      throw invalidArgument(`sequences: found ${sequences.length}, expected 1 to ${maxScoredSequences}`)
    return sequences.map((ids, i) => {
      if (ids.length === 0 || ids.length > contextLength)
        throw invalidArgument(`sequences[${i}] has ${ids.length} tokens: expected 1 to ${contextLength}`)
      const wrong = ids.findIndex((id) => id >= vocabularySize)
      if (wrong >= 0)
        throw invalidArgument(`sequences[${i}].ids[${wrong}] is ${ids[wrong]}: expected an id below ${vocabularySize}`)
      return withoutPadding(ids, padTokenId)
    })
  }

  private assertQueue(count: number): void {
    if (this.pending + count > this.maxQueue)
      throw resourceExhausted(
        `the queue is full: ${this.pending} sequences are waiting, and ${count} more exceed the limit of ${this.maxQueue} (TANDEM_MAX_QUEUE). Retry later`,
      )
  }
}

/**
 * Cuts a sequence after its last token that is not padding, where transformers reads the score; of
 * a sequence of only padding it keeps the first token (modeling_layers.py,
 * GenericForSequenceClassification). Later tokens do not change earlier ones.
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
        variant: 'adapted',
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
