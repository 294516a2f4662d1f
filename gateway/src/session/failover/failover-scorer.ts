import { SessionError } from '../contract/session-error.js'
import type { RewardServiceConnection } from '../grpc/reward-service.js'
import type { Lease, Replicas, Wish } from '../replicas/lease.js'
import { type OnFailover, reportFailover } from './failover.js'
import { recoveryOf } from './recovery.js'
import { ReplayBudget } from './replay-budget.js'

/** Who is told about the scoring of a request. */
export interface ScoreOptions {
  /** W3C trace context for the service; empty without one. */
  readonly traceparent?: string
  /** Is told when another replica scores. */
  readonly onFailover?: OnFailover
}

/** Scores token sequences with a reward model. */
export interface Scorer {
  /**
   * Returns one score for each sequence of token ids, in their order.
   * @param timeoutMs maximum time, in milliseconds
   * @throws SessionError if no service can score them in time, or if the signal aborts
   */
  score(
    sequences: readonly (readonly number[])[],
    timeoutMs: number,
    signal: AbortSignal,
    options?: ScoreOptions,
  ): Promise<readonly number[]>
}

const anyReplica = { release: null, engineIds: new Set<string>(), prompt: null } as const

/** Scores on one replica. If it fails, another one scores all sequences again. */
export class FailoverScorer implements Scorer {
  /** @param name the model's name in the gateway */
  constructor(
    private readonly name: string,
    private readonly replicas: Replicas<RewardServiceConnection>,
    private readonly maxReplays: number,
  ) {}

  async score(
    sequences: readonly (readonly number[])[],
    timeoutMs: number,
    signal: AbortSignal,
    { traceparent = '', onFailover }: ScoreOptions = {},
  ): Promise<readonly number[]> {
    const endMs = performance.now() + timeoutMs
    const budget = new ReplayBudget(this.maxReplays)
    let lease = await this.acquire({ version: null, avoid: new Set(), othersNow: false }, signal)
    for (;;) {
      const startMs = performance.now()
      try {
        return await scoreAt(lease, sequences, endMs, signal, traceparent)
      } catch (error) {
        if (recoveryOf(error) === 'nowhere' || signal.aborted) throw error
        const lost = lease
        const { code } = error as SessionError
        const about = { model: this.name, reason: code, from: lost.address, startMs }
        lease = await reportFailover(onFailover, about, () => this.replace(lost, error, budget, signal))
      }
    }
  }

  /** @throws the error if no other replica may score */
  private async replace(
    lost: Lease<RewardServiceConnection>,
    error: unknown,
    budget: ReplayBudget,
    signal: AbortSignal,
  ): Promise<Lease<RewardServiceConnection>> {
    if (!budget.spend()) throw error
    const othersNow = recoveryOf(error) === 'elsewhere'
    const next = this.acquire({ version: lost.model.version, avoid: new Set([lost.address]), othersNow }, signal)
    return othersNow ? next.catch(() => Promise.reject(error)) : next
  }

  private acquire(
    wish: Pick<Wish, 'version' | 'avoid' | 'othersNow'>,
    signal: AbortSignal,
  ): Promise<Lease<RewardServiceConnection>> {
    return this.replicas.acquire({ ...anyReplica, ...wish }, signal)
  }
}

async function scoreAt(
  lease: Lease<RewardServiceConnection>,
  sequences: readonly (readonly number[])[],
  endMs: number,
  signal: AbortSignal,
  traceparent: string,
): Promise<readonly number[]> {
  // A limit of 0 would mean no limit.
  const leftMs = Math.max(1, Math.ceil(endMs - performance.now()))
  const either = AbortSignal.any([signal, lease.lost])
  try {
    const scores = await lease.connection.score(sequences, leftMs, either, traceparent)
    lease.succeed()
    return scores
  } catch (error) {
    if (error instanceof SessionError) lease.fail(error)
    throw error
  } finally {
    lease.release()
  }
}
